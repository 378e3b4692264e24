import type { Interpolation } from './geometry.ts';

/** Where the pixels along one axis of a crop come from when the picture is enlarged. */
export interface EnlargedAxis {
  /** The first source pixel that the crop needs, and how many. */
  readonly start: number;
  readonly length: number;
  /** For each pixel of the crop, the source pixels that it mixes. None begin before those of the previous pixel. */
  readonly taps: readonly Taps[];
}

interface Taps {
  /** Counted from the start of the axis. */
  readonly first: number;
  /** Shares of that pixel and of those after it. Their sum is 1. */
  readonly weights: readonly number[];
}

/** Shares of the neighbours of a position that lies `share` of a pixel beyond the middle of the near one. */
const WEIGHTS: Readonly<Record<Interpolation, (share: number) => readonly number[]>> = {
  bilinear: (share) => [1 - share, share],
  bicubic: (share) => [farCubic(1 + share), nearCubic(share), nearCubic(1 - share), farCubic(2 - share)],
};

/** Of {@link WEIGHTS}. */
const MOST_TAPS = 4;

/** Keys' cubic convolution with a = -0.5, for distances up to 1, and from 1 to 2. */
const nearCubic = (distance: number): number => (1.5 * distance - 2.5) * distance * distance + 1;
const farCubic = (distance: number): number => (((distance - 5) * distance + 8) * distance - 4) * -0.5;

/**
 * Samples with pixel centres at halves, as PIL and torchvision do. Neighbours beyond the border are left out, and the
 * others get their share. libvips would place the pixels half a step away.
 *
 * @param size pixels of the source along the axis.
 * @param resized pixels of the whole enlarged picture, at least `size`. If it is `size`, pixels stay as they are.
 * @param offset first pixel of the crop in the enlarged picture.
 * @param count pixels of the crop.
 */
export function enlargedAxis(
  size: number,
  resized: number,
  offset: number,
  count: number,
  interpolation: Interpolation,
): EnlargedAxis {
  const taps = Array.from({ length: count }, (_, index): Taps => {
    if (resized === size) return { first: offset + index, weights: [1] };
    const position = ((offset + index + 0.5) * size) / resized - 0.5;
    const near = Math.floor(position);
    const weights = WEIGHTS[interpolation](position - near);
    return tapsInside(near + 1 - weights.length / 2, weights, size);
  });
  const [{ first: start }, last] = [taps[0] as Taps, taps.at(-1) as Taps];
  return {
    start,
    length: last.first + last.weights.length - start,
    taps: taps.map(({ first, weights }) => ({ first: first - start, weights })),
  };
}

function tapsInside(first: number, weights: readonly number[], size: number): Taps {
  const before = Math.max(0, -first);
  const kept = weights.slice(before, size - first);
  if (kept.length === weights.length) return { first, weights };
  const sum = kept.reduce((total, weight) => total + weight, 0);
  return { first: first + before, weights: kept.map((weight) => weight / sum) };
}

/**
 * @param region interleaved RGB of the source pixels that the axes need, `x.length` wide.
 * @returns interleaved RGB, one pixel for each pair of taps.
 */
export function enlarge(region: Uint8Array, x: EnlargedAxis, y: EnlargedAxis): Uint8Array {
  const rowValues = x.taps.length * 3;
  const crop = new Uint8Array(rowValues * y.taps.length);
  // The last rows that were enlarged, each at its number modulo MOST_TAPS: a row of the crop needs no others.
  const rows = Array.from({ length: MOST_TAPS }, () => new Float64Array(rowValues));
  const rowAt = (row: number) => rows[row % MOST_TAPS] as Float64Array;
  const sums = new Float64Array(rowValues);
  let next = 0;
  let at = 0;
  for (const { first, weights } of y.taps) {
    for (; next < first + weights.length; next += 1) enlargeRow(region, next, x, rowAt(next));
    sums.fill(0);
    for (let tap = 0; tap < weights.length; tap += 1) {
      const row = rowAt(first + tap);
      const weight = weights[tap] as number;
      for (let index = 0; index < rowValues; index += 1) {
        sums[index] = (sums[index] as number) + (row[index] as number) * weight;
      }
    }
    for (let index = 0; index < rowValues; index += 1, at += 1) {
      crop[at] = Math.round(clamp(sums[index] as number));
    }
  }
  return crop;
}

/** As in PIL, values that a cubic throws beyond the range are clamped here too. */
function enlargeRow(
  region: Uint8Array,
  row: number,
  { length, taps }: EnlargedAxis,
  target: Float64Array,
): void {
  let at = 0;
  for (const { first, weights } of taps) {
    let from = (row * length + first) * 3;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let tap = 0; tap < weights.length; tap += 1, from += 3) {
      const weight = weights[tap] as number;
      red += (region[from] as number) * weight;
      green += (region[from + 1] as number) * weight;
      blue += (region[from + 2] as number) * weight;
    }
    target[at] = clamp(red);
    target[at + 1] = clamp(green);
    target[at + 2] = clamp(blue);
    at += 3;
  }
}

const clamp = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value);
