import { readGraph } from '../onnx/graph.ts';
import { valuesOf } from '../onnx/tensor.ts';
import type { OnnxTensor } from '../onnx/writer.ts';
import { NoTail } from './tail/no-tail.ts';
import type { Weights } from './tail/weights.ts';

/** Smaller tensors are copied, and so are numbers of four bytes that are not aligned inside the model's file. */
const REFERRED_BYTES = 1024;
const ALIGNMENT = { float32: 4, int8: 1, uint8: 1 };

/**
 * Where another graph of the bundle finds the weights: in the file of the model, or in the file that it refers to.
 *
 * @param model the bytes of the model's file.
 * @returns the values, if they cannot stay where they are.
 * @throws NoTail for weights that cannot be read.
 */
export function placeOf(model: Uint8Array, file: string, { tensor, dtype }: Weights): OnnxTensor['data'] {
  const { raw } = readGraph(model, tensor.folder).tensors.get(tensor.name) ?? {};
  const { location, offset = 0, length } = tensor.place ?? {};
  const place =
    location === undefined
      ? raw && { location: file, offset: raw.byteOffset - model.byteOffset, length: raw.length }
      : length === undefined
        ? undefined
        : { location, offset, length };
  if (place && place.length >= REFERRED_BYTES && place.offset % ALIGNMENT[dtype] === 0) return place;
  const values = valuesOf(tensor);
  if (!ArrayBuffer.isView(values)) throw new NoTail(`expected the values of ${tensor.name}, got none`);
  return values;
}
