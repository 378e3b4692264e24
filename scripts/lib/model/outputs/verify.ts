import { valuesOf } from '../onnx/tensor.ts';
import type { Activation } from './tail/activation.ts';
import type { Tail } from './tail/tail.ts';
import type { Weights } from './tail/weights.ts';

type Values = Float32Array | Uint8Array;

/** What a model and its maps graph gave for one image. */
export interface TailRun {
  readonly scores: Float32Array;
  readonly features: Values;
  readonly embedding: Values;
  /** The map of each of {@link classes}, one after another. */
  readonly maps: Float32Array;
  readonly classes: readonly number[];
}

/** float32 sums of some thousand products are more exact than this share of the sum of their sizes. */
const FLOAT_TOLERANCE = 1e-4;

/** The largest difference that was found, and what it could have been. */
export interface Verified {
  readonly difference: number;
  readonly tolerance: number;
}

/**
 * Compares the mean of each map plus the bias with the score of its class, and the mean of each feature map with the
 * embedding. They differ by what the graph rounds the embedding to, times the weights.
 *
 * For probabilities, which are the same for scores that differ by a number, the differences from the first class are
 * compared.
 *
 * @returns what is wrong, in one line, or the class that is the farthest off in comparison with its tolerance.
 */
export function verifyTail(tail: Tail, run: TailRun): Verified | string {
  const { weights, bias } = tail;
  const means = meansOf(tail, floats(tail.features, run.features));
  const embedding = floats(tail.embedding, run.embedding);
  const rounding = means.map((mean, channel) => Math.abs(mean - (embedding[channel] ?? 0)));
  const wrong = means.findIndex((mean, channel) => {
    const isAtEnd = tail.embedding.dtype === 'uint8' && [0, 255].includes(run.embedding[channel] ?? 0);
    return (
      !isAtEnd &&
      !((rounding[channel] ?? 0) <= tail.embeddingStep + FLOAT_TOLERANCE * Math.max(1, Math.abs(mean)))
    );
  });
  if (means.length !== embedding.length || wrong !== -1) {
    return `expected ${tail.embedding.name} to be the mean of each feature map, got other values`;
  }

  const pixels = run.maps.length / run.classes.length;
  const compared = run.classes.map((index, position) => {
    const row = rowOf(weights, index);
    const offset = bias[index] ?? bias[0] ?? 0;
    const sizes = row.map((weight, channel) => Math.abs(weight * (means[channel] ?? 0)));
    const roundings = row.map((weight, channel) => Math.abs(weight * (rounding[channel] ?? 0)));
    const map = run.maps.subarray(position * pixels, (position + 1) * pixels);
    return {
      found: mean(map) + offset,
      score: tail.hasSoftmax ? Math.log(run.scores[index] ?? 0) : (run.scores[index] ?? 0),
      tolerance: sum(roundings) + tail.scoresStep + FLOAT_TOLERANCE * (Math.abs(offset) + sum(sizes)),
    };
  });
  const first = tail.hasSoftmax ? compared[0] : undefined;
  const results = compared.map(({ found, score, tolerance }) => ({
    difference: Math.abs(found - (first?.found ?? 0) - (score - (first?.score ?? 0))),
    tolerance: tolerance + (first ? first.tolerance + FLOAT_TOLERANCE * Math.abs(score) : 0),
  }));
  const [worst] = results.sort((a, b) => b.difference / b.tolerance - a.difference / a.tolerance);
  if (worst === undefined || !(worst.difference <= worst.tolerance)) {
    return `expected the mean of a map plus the bias to be the score within ${worst?.tolerance}, got a difference of ${worst?.difference}`;
  }
  return worst;
}

/** The mean of each feature map. */
function meansOf({ layout, weights: { channels } }: Tail, features: Float64Array): Float64Array {
  const pixels = features.length / channels;
  const means = new Float64Array(channels);
  features.forEach((value, index) => {
    const channel = layout === 'NHWC' ? index % channels : Math.floor(index / pixels);
    means[channel] = (means[channel] ?? 0) + value / pixels;
  });
  return means;
}

function floats({ quantization }: Activation, values: Values): Float64Array {
  const { scale, zeroPoint } = quantization ?? { scale: 1, zeroPoint: 0 };
  return Float64Array.from(values, (value) => (value - zeroPoint) * scale);
}

/** The weights of one class. */
function rowOf({ tensor, classAxis, classes, channels, quantization }: Weights, index: number): Float64Array {
  const all = valuesOf(tensor) ?? [];
  const of = (list: readonly number[]) => list[index] ?? list[0] ?? 0;
  const scale = quantization ? of(quantization.scale) : 1;
  const zeroPoint = quantization ? of(quantization.zeroPoint) : 0;
  return Float64Array.from({ length: channels }, (_, channel) => {
    const at = classAxis === 0 ? index * channels + channel : channel * classes + index;
    return ((all[at] ?? 0) - zeroPoint) * scale;
  });
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
const mean = (values: Float32Array): number => sum(Float64Array.from(values)) / values.length;
