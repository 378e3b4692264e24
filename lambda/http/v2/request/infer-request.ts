import type { Steps } from '../../loop-share.ts';
import { invalidFields } from '../../validate.ts';
import { cutDataArrays } from '../json/data-arrays.ts';
import { FP32_BYTES, type ModelTensors, valuesIn } from '../tensors.ts';
import { headerLengthOf } from './header-length.ts';
import { type RequestedOutput, refuseSharedMemory, requestedOutputs } from './requested-output.ts';
import { batchOf } from './shape.ts';
import {
  arrayOf,
  type Fields,
  fieldOf,
  hasValue,
  objectOf,
  optionalCount,
  optionalText,
  parametersOf,
  requireText,
} from './values.ts';

/** The name of the input's data in errors. */
export const DATA_FIELD = 'body.inputs.0.data';

/** Where the data of the input is. */
export type TensorData =
  /** A JSON array, with its brackets. */
  | { readonly kind: 'json'; readonly text: Buffer }
  /** Bytes of the body from `start`. For FP32, as many as the shape needs. */
  | { readonly kind: 'binary'; readonly start: number; readonly end: number }
  /** The body is the only element of a tensor of BYTES, without its length. */
  | { readonly kind: 'raw' };

/** A request whose every part is checked, except for the data itself. */
export interface InferRequest {
  readonly id: string | undefined;
  readonly batch: number;
  readonly data: TensorData;
  /** In the order in which they are returned. */
  readonly outputs: readonly RequestedOutput[];
}

/**
 * Reads everything in a request but the data, which stays where it is.
 *
 * @throws ServiceError `invalid_request`
 */
export function* readInferRequest(
  body: Uint8Array,
  headers: Headers,
  tensors: ModelTensors,
): Steps<InferRequest> {
  const jsonBytes = headerLengthOf(headers, body.byteLength);
  if (jsonBytes === 0 && body.byteLength > 0) return rawRequest(body, tensors);
  const {
    fields,
    arrays,
    arrayOf: dataArray,
  } = yield* cutDataArrays(Buffer.from(body.buffer, body.byteOffset, jsonBytes));
  const [input, ...others] = arrayOf(fieldOf(fields, 'inputs'), 'body.inputs');
  if (others.length > 0 || input === undefined) {
    const count = input === undefined ? 0 : 1 + others.length;
    throw invalidFields([
      { field: 'body.inputs', message: `expected one input, ${tensors.input.name}, got ${count}` },
    ]);
  }
  const field = 'body.inputs.0';
  const { name, datatype } = tensors.input;
  const inputFields = objectOf(input, field);
  requireText(fieldOf(inputFields, 'name'), [name], `${field}.name`);
  requireText(fieldOf(inputFields, 'datatype'), [datatype], `${field}.datatype`);
  const batch = batchOf(fieldOf(inputFields, 'shape'), tensors, `${field}.shape`);
  const data =
    binaryData(inputFields, { start: jsonBytes, end: body.byteLength, batch, tensors }) ??
    jsonData(dataArray(fieldOf(inputFields, 'data')), body.byteLength - jsonBytes);
  requireRead(arrays, data);
  return {
    id: optionalText(fieldOf(fields, 'id'), 'body.id'),
    batch,
    outputs: requestedOutputs(fields, tensors.outputs),
    data,
  };
}

interface BinaryPart {
  /** Of what follows the JSON. */
  readonly start: number;
  readonly end: number;
  readonly batch: number;
  readonly tensors: ModelTensors;
}

/** @returns undefined if the data is in the JSON. */
function binaryData(
  input: Fields,
  { start, end, batch, tensors: { input: tensor } }: BinaryPart,
): TensorData | undefined {
  const parameters = parametersOf(input, 'body.inputs.0');
  refuseSharedMemory(parameters, 'body.inputs.0');
  const field = 'body.inputs.0.parameters.binary_data_size';
  const size = optionalCount(fieldOf(parameters, 'binary_data_size'), field);
  if (size === undefined) return undefined;
  const wrong = (message: string) => invalidFields([{ field, message }]);
  if (hasValue(fieldOf(input, 'data'))) throw wrong(`expected this or ${DATA_FIELD}, got both`);
  if (tensor.datatype === 'FP32') {
    const expected = batch * valuesIn(tensor.dims) * FP32_BYTES;
    if (size !== expected) throw wrong(`expected ${expected} bytes, as the shape says, got ${size}`);
  }
  if (size !== end - start) throw wrong(`expected the ${end - start} bytes after the JSON, got ${size}`);
  return { kind: 'binary', start, end };
}

function jsonData(text: Buffer | undefined, bytesAfter: number): TensorData {
  if (!text) {
    throw invalidFields([
      {
        field: DATA_FIELD,
        message:
          'expected an array, or binary data and its size in the parameter binary_data_size, got neither',
      },
    ]);
  }
  if (bytesAfter > 0) {
    throw invalidFields([
      { field: 'body', message: `expected nothing after the JSON, got ${bytesAfter} bytes of no input` },
    ]);
  }
  return { kind: 'json', text };
}

/**
 * An array elsewhere, or a second one of the same input, would be skipped without a look at what it holds.
 *
 * @throws ServiceError `invalid_request`
 */
function requireRead(arrays: number, { kind }: TensorData): void {
  if (arrays === (kind === 'json' ? 1 : 0)) return;
  const expected = kind === 'json' ? '1 array' : 'no array';
  throw invalidFields([{ field: 'body', message: `expected ${expected} named data, got ${arrays}` }]);
}

/**
 * A body without JSON: one tensor with a batch of one, or the bytes of one element.
 *
 * @throws ServiceError `invalid_request`
 */
function rawRequest(body: Uint8Array, { input, outputs: [output] }: ModelTensors): InferRequest {
  const common = { id: undefined, batch: 1, outputs: [{ output, isBinary: true, classes: 0 }] };
  if (input.datatype === 'BYTES') return { ...common, data: { kind: 'raw' } };
  const expected = valuesIn(input.dims) * FP32_BYTES;
  if (body.byteLength === expected) {
    return { ...common, data: { kind: 'binary', start: 0, end: body.byteLength } };
  }
  throw invalidFields([
    {
      field: 'body',
      message: `expected the ${expected} bytes of one ${input.name} of [${[1, ...input.dims].join(', ')}], got ${body.byteLength}`,
    },
  ]);
}
