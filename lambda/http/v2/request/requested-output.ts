import { invalidFields } from '../../validate.ts';
import type { TensorDescription } from '../tensors.ts';
import {
  arrayOf,
  type Fields,
  fieldOf,
  hasValue,
  objectOf,
  optionalBoolean,
  optionalCount,
  parametersOf,
  requireText,
} from './values.ts';

/** How the output of the model is to be returned. */
export interface RequestedOutput {
  /** Whether its data follows the JSON, instead of being part of it. */
  readonly isBinary: boolean;
  /** The number of most probable classes to return instead of the tensor. 0 for the tensor. */
  readonly classes: number;
}

/**
 * Reads `outputs`. Every model has one output, which is also returned if none is asked for.
 *
 * @throws ServiceError `invalid_request`
 */
export function requestedOutput(request: Fields, { name, dims }: TensorDescription): RequestedOutput {
  const allBinary =
    optionalBoolean(
      fieldOf(parametersOf(request, 'body'), 'binary_data_output'),
      'body.parameters.binary_data_output',
    ) ?? false;
  const outputs = fieldOf(request, 'outputs');
  const [output, ...others] = hasValue(outputs) ? arrayOf(outputs, 'body.outputs') : [];
  if (output === undefined) return { isBinary: allBinary, classes: 0 };
  if (others.length > 0) {
    throw invalidFields([
      { field: 'body.outputs', message: `expected one output, ${name}, got ${1 + others.length}` },
    ]);
  }
  const field = 'body.outputs.0';
  const fields = objectOf(output, field);
  requireText(fieldOf(fields, 'name'), name, `${field}.name`);
  const parameters = parametersOf(fields, field);
  refuseSharedMemory(parameters, field);
  const isBinary = optionalBoolean(fieldOf(parameters, 'binary_data'), `${field}.parameters.binary_data`);
  const classes = optionalCount(fieldOf(parameters, 'classification'), `${field}.parameters.classification`);
  return { isBinary: isBinary ?? allBinary, classes: Math.min(classes ?? 0, dims[0] ?? 0) };
}

/** @throws ServiceError `invalid_request` */
export function refuseSharedMemory(parameters: Fields, field: string): void {
  if (!hasValue(fieldOf(parameters, 'shared_memory_region'))) return;
  throw invalidFields([
    {
      field: `${field}.parameters.shared_memory_region`,
      message: 'this service does not have the shared memory extension: send the data',
    },
  ]);
}
