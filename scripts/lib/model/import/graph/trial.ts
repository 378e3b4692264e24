import type { ModelInput } from '../../../../../lambda/model/manifest.ts';
import type { InferenceSession } from '../../../../../lambda/model/onnxruntime.ts';
import { emptyImages, type ImageValues, toTensor } from '../../../../../lambda/model/session.ts';
import { reasonOf } from './session.ts';

/**
 * Runs the model on noise.
 *
 * @param count images.
 * @param seed another one gives other images.
 * @returns one row for each image, with a number for each class.
 * @throws Error in one line if the model does not run, or if it is not a classifier.
 */
export async function runOnNoise(
  session: InferenceSession,
  { input, output, count, seed }: { input: ModelInput; output: string; count: number; seed: number },
  shown: string,
): Promise<Float32Array[]> {
  const [, ...sizes] = input.shape;
  const shape = [count, ...sizes];
  const images = noise(input, count, seed);
  const found = await session
    .run({ [input.name]: toTensor(images, shape) }, [output])
    .catch((cause: Error) => {
      throw new Error(
        `${shown}: expected the model to run on images of [${shape.join(', ')}], but ONNX Runtime says: ${reasonOf(cause)}`,
        { cause },
      );
    });
  const { dims = [], data } = found[output] ?? {};
  const [rows, classes] = dims;
  if (dims.length !== 2 || rows !== count || classes === undefined || classes < 2) {
    throw new Error(
      `${shown}: expected the output ${output} to be [${count}, classes] for ${count === 1 ? 'one image' : `${count} images`}, ` +
        `got [${dims.join(', ')}]`,
    );
  }
  const scores = data as Float32Array;
  if (!scores.every(Number.isFinite)) {
    throw new Error(`${shown}: expected the output ${output} to have finite numbers, got NaN or infinity`);
  }
  return Array.from({ length: count }, (_, row) => scores.slice(row * classes, (row + 1) * classes));
}

/** Images of noise, as the model takes them. @param seed another one gives other images. */
export function noise(input: ModelInput, count: number, seed: number): ImageValues {
  const images = emptyImages(input, count);
  for (let index = 0; index < images.length; index += 1) {
    const value = Math.sin((index + 1) * (seed + 12.9898)) * 43_758.5453;
    const share = value - Math.floor(value);
    images[index] = input.dtype === 'uint8' ? Math.floor(share * 256) : share * 4 - 2;
  }
  return images;
}

/** Quantized and half-precision models add up to 1 less exactly than float32 ones. */
const SUM_TOLERANCE = 1e-2;

export function areProbabilities(rows: readonly Float32Array[]): boolean {
  return rows.every(
    (row) =>
      row.every((score) => score >= 0) &&
      Math.abs(row.reduce((sum, score) => sum + score, 0) - 1) < SUM_TOLERANCE,
  );
}

/** Whether every class may have a probability of its own, as after a sigmoid. */
export const areShares = (rows: readonly Float32Array[]): boolean =>
  rows.every((row) => row.every((score) => score >= 0 && score <= 1));
