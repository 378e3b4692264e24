import { invalidFields } from '../../validate.ts';
import type { ModelTensors, OutputDescription } from '../tensors.ts';
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

/** How an output of the model is to be returned. */
export interface RequestedOutput {
  readonly output: OutputDescription;
  /** Whether its data follows the JSON, instead of being part of it. */
  readonly isBinary: boolean;
  /** The number of most probable classes to return instead of the tensor. 0 for the tensor. */
  readonly classes: number;
}

/**
 * Reads `outputs`: the outputs to return, in order. Without any, these are the scores alone.
 *
 * @throws ServiceError `invalid_request`
 */
export function requestedOutputs(
  request: Fields,
  outputs: ModelTensors['outputs'],
): readonly RequestedOutput[] {
  const allBinary =
    optionalBoolean(
      fieldOf(parametersOf(request, 'body'), 'binary_data_output'),
      'body.parameters.binary_data_output',
    ) ?? false;
  const asked = fieldOf(request, 'outputs');
  const list = hasValue(asked) ? arrayOf(asked, 'body.outputs') : [];
  if (list.length === 0) return [{ output: outputs[0], isBinary: allBinary, classes: 0 }];
  const requested: RequestedOutput[] = [];
  for (const [index, value] of list.entries()) {
    const field = `body.outputs.${index}`;
    const fields = objectOf(value, field);
    const output = outputNamed(fieldOf(fields, 'name'), outputs, `${field}.name`);
    if (requested.some((before) => before.output === output)) {
      throw invalidFields([
        { field: `${field}.name`, message: `expected each output once, got ${output.name} twice` },
      ]);
    }
    requested.push({ output, ...formOf(fields, output, field, allBinary) });
  }
  return requested;
}

function outputNamed(name: unknown, outputs: ModelTensors['outputs'], field: string): OutputDescription {
  const names = outputs.map((output) => output.name);
  requireText(name, names, field);
  return outputs[names.indexOf(name)] as OutputDescription;
}

function formOf(
  fields: Fields,
  { kind, name, dims }: OutputDescription,
  field: string,
  allBinary: boolean,
): Omit<RequestedOutput, 'output'> {
  const parameters = parametersOf(fields, field);
  refuseSharedMemory(parameters, field);
  const isBinary = optionalBoolean(fieldOf(parameters, 'binary_data'), `${field}.parameters.binary_data`);
  const classification = `${field}.parameters.classification`;
  const classes = optionalCount(fieldOf(parameters, 'classification'), classification) ?? 0;
  if (classes > 0 && kind !== 'scores') {
    throw invalidFields([
      { field: classification, message: `expected none, as the values of ${name} are not those of classes` },
    ]);
  }
  return { isBinary: isBinary ?? allBinary, classes: Math.min(classes, dims[0] ?? 0) };
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
