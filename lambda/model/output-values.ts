import type { ModelEmbedding } from './manifest.ts';

/** An output of a model: real values or quantized ones. */
export type OutputValues = Float32Array | Uint8Array;

/** @returns the part of each image: a view, not a copy. */
export function rowsOf(values: OutputValues, images: number): OutputValues[] {
  const length = values.length / images;
  return Array.from({ length: images }, (_, row) => values.subarray(row * length, (row + 1) * length));
}

/** The real values of an embedding. */
export function realValues(values: OutputValues, embedding: ModelEmbedding): Float32Array {
  if (embedding.dtype === 'float32') return Float32Array.from(values);
  const { scale, zeroPoint } = embedding.quantization;
  return Float32Array.from(values, (value) => (value - zeroPoint) * scale);
}
