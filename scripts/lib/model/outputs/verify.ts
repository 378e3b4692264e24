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
  /** The most probable first. */
  readonly classes: readonly number[];
}

/** The class that is the farthest off in comparison with its tolerance. */
export interface Verified {
  readonly difference: number;
  readonly tolerance: number;
}

/** float32 sums of some thousand products are more exact than this share of the sum of their sizes. */
const FLOAT_TOLERANCE = 1e-4;
/** Below, the logarithm of a probability in float32 is not exact. */
const LEAST_PROBABILITY = 1e-20;

/**
 * Compares the mean of each feature map with the embedding, and the mean of each map plus the bias with the score of
 * its class. These differ by what the graph rounds the embedding to, times the weights.
 *
 * Probabilities say only how far the scores before the softmax are from each other, so the logarithms of their ratios
 * to the first one are compared.
 *
 * @returns what is wrong in one line, or how far the maps are off.
 */
export function verifyTail(tail: Tail, run: TailRun): Verified | string {
  const means = meansOf(tail, floats(tail.features, run.features));
  const embedding = floats(tail.embedding, run.embedding);
  const rounding = means.map((mean, channel) => Math.abs(mean - (embedding[channel] ?? Number.NaN)));
  const isMean = (error: number, channel: number) =>
    isCutOff(tail, run.embedding[channel]) ||
    error <= tail.embeddingStep + FLOAT_TOLERANCE * Math.max(1, Math.abs(means[channel] ?? 0));
  if (!rounding.every(isMean)) {
    return `expected ${tail.embedding.name} to be the mean of each feature map, got other values`;
  }

  const [first, ...others] = scoresOf(tail, run, means, rounding);
  const differences = tail.softmax ? others.map((other) => between(other, first)) : [first, ...others];
  const found = differences.flatMap((one) =>
    one ? [{ difference: Math.abs(one.difference), tolerance: one.tolerance }] : [],
  );
  const wrong = found.find(({ difference, tolerance }) => !(difference <= tolerance));
  if (wrong !== undefined) {
    return (
      'expected the mean of a map plus the bias to be the score within ' +
      `${wrong.tolerance}, got a difference of ${wrong.difference}`
    );
  }
  found.sort((a, b) => b.difference / b.tolerance - a.difference / a.tolerance);
  return found[0] ?? { difference: 0, tolerance: 0 };
}

/** Means beyond the range of a quantized embedding are at its ends. */
const isCutOff = ({ embedding }: Tail, value: number | undefined): boolean =>
  embedding.dtype === 'uint8' && (value === 0 || value === 255);

/** For each class, how far the mean of its map plus the bias is from its score, or from its logarithm. */
function scoresOf(
  { weights, bias, denseStep, softmax }: Tail,
  { scores, maps, classes }: TailRun,
  means: Float64Array,
  rounding: Float64Array,
): Verified[] {
  const stored = valuesOf(weights.tensor) ?? [];
  const pixels = maps.length / classes.length;
  return classes.flatMap((index, position) => {
    const score = scores[index] ?? Number.NaN;
    if (softmax && score <= Math.max(LEAST_PROBABILITY, softmax.step)) return [];
    const offset = bias[index] ?? bias[0] ?? 0;
    let size = Math.abs(offset);
    let rounded = denseStep + (softmax ? softmax.step / score : 0);
    rowOf(weights, stored, index).forEach((weight, channel) => {
      size += Math.abs(weight * (means[channel] ?? 0));
      rounded += Math.abs(weight * (rounding[channel] ?? 0));
    });
    const map = maps.subarray(position * pixels, (position + 1) * pixels);
    return [
      {
        difference: sum(map) / pixels + offset - (softmax ? Math.log(score) : score),
        tolerance: rounded + FLOAT_TOLERANCE * size,
      },
    ];
  });
}

const between = (one: Verified, other: Verified | undefined): Verified => ({
  difference: one.difference - (other?.difference ?? 0),
  tolerance: one.tolerance + (other?.tolerance ?? 0),
});

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

/** The weights of one class. @param stored those of all. */
function rowOf(
  { classAxis, classes, channels, quantization }: Weights,
  stored: ArrayLike<number>,
  index: number,
): Float64Array {
  const of = (list: readonly number[]) => list[index] ?? list[0] ?? 0;
  const scale = quantization ? of(quantization.scale) : 1;
  const zeroPoint = quantization ? of(quantization.zeroPoint) : 0;
  return Float64Array.from({ length: channels }, (_, channel) => {
    const at = classAxis === 0 ? index * channels + channel : channel * classes + index;
    return ((stored[at] ?? 0) - zeroPoint) * scale;
  });
}

const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);
