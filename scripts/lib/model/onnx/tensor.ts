import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { children, integerIn, integersIn, textOf, wordsIn } from '../protobuf/read.ts';
import { ELEMENT, type TensorPlace } from './elements.ts';

/** A tensor that a model holds, or refers to. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** ONNX's number, of which {@link ELEMENT} has some. */
  readonly elementType: number;
  /** Where the values are in another file. Without a length, to the end of the file. */
  readonly place: Partial<TensorPlace> | undefined;
  /** The values in row-major order and little-endian: a view of the model, if it stores them so. */
  readonly raw: Uint8Array | undefined;
  /** The tensor's message. */
  readonly message: Uint8Array;
  /** The folder of the graph, with the file that the tensor may be in. */
  readonly folder: string;
}

// Field numbers of onnx/onnx.proto.
const TENSOR = {
  dimensions: 1,
  elementType: 2,
  floats: 4,
  integers: 5,
  longs: 7,
  name: 8,
  raw: 9,
  external: 13,
};
const ENTRY = { key: 1, value: 2 };

export function readTensor(message: Uint8Array, folder: string): Tensor {
  const external = children(message, TENSOR.external).map((entry) => [
    textOf(children(entry, ENTRY.key)[0]),
    textOf(children(entry, ENTRY.value)[0]),
  ]);
  const { location, offset, length } = Object.fromEntries(external) as Record<string, string | undefined>;
  return {
    name: textOf(children(message, TENSOR.name)[0]),
    shape: integersIn(message, TENSOR.dimensions),
    elementType: integerIn(message, TENSOR.elementType) ?? 0,
    place:
      location === undefined
        ? undefined
        : {
            location,
            offset: Number(offset ?? 0),
            ...(length === undefined ? {} : { length: Number(length) }),
          },
    raw: children(message, TENSOR.raw)[0],
    message,
    folder,
  };
}

/** @returns undefined for types that this code does not know. */
export function valuesOf(tensor: Tensor): ArrayLike<number> | undefined {
  const { message, place, elementType } = tensor;
  const raw = place === undefined ? tensor.raw : readPlace(tensor.folder, place);
  if (elementType === ELEMENT.float32) return numbersIn(raw ?? wordsIn(message, TENSOR.floats), elementType);
  if (raw !== undefined) return numbersIn(raw, elementType);
  return integersIn(message, elementType === ELEMENT.int64 ? TENSOR.longs : TENSOR.integers);
}

function readPlace(folder: string, { location = '', offset = 0, length }: Partial<TensorPlace>): Uint8Array {
  const file = openSync(join(folder, location), 'r');
  try {
    const bytes = Buffer.alloc(length ?? fstatSync(file).size - offset);
    readSync(file, bytes, 0, bytes.length, offset);
    return bytes;
  } finally {
    closeSync(file);
  }
}

const ARRAYS: Readonly<Record<number, new (buffer: ArrayBuffer) => ArrayLike<number>>> = {
  [ELEMENT.float32]: Float32Array,
  [ELEMENT.uint8]: Uint8Array,
  [ELEMENT.int8]: Int8Array,
  [ELEMENT.int32]: Int32Array,
};

function numbersIn(bytes: Uint8Array, elementType: number): ArrayLike<number> | undefined {
  // A copy, because typed arrays need an offset that is a multiple of their elements' size.
  const { buffer } = Uint8Array.from(bytes);
  if (elementType === ELEMENT.int64) return Array.from(new BigInt64Array(buffer), Number);
  const Values = ARRAYS[elementType];
  return Values && new Values(buffer);
}
