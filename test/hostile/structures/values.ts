import type { Random } from '../random.ts';
import { type Field, maximumOf, readField } from './field.ts';

const DELTAS = [-256, -16, -8, -4, -2, -1, 1, 2, 4, 8, 16, 256];

type Choose = (file: Buffer, field: Field, random: Random, all: readonly Field[]) => number;

const edge: Choose = (_file, field, random) => {
  const maximum = maximumOf(field);
  const half = Math.floor(maximum / 2);
  return random.of([0, 1, 2, half - 1, half, half + 1, maximum - 1, maximum]);
};
const near: Choose = (file, field, random) => readField(file, field) + random.of(DELTAS);
const scaled: Choose = (file, field, random) =>
  readField(file, field) * random.of([0.25, 0.5, 2, 3, 16, 256, 1024]);
const power: Choose = (_file, _field, random) => 2 ** random.below(33) + random.of([-1, 0, 1]);
const any: Choose = (_file, field, random) => random.below(maximumOf(field) + 1);
const other: Choose = (file, _field, random, all) => readField(file, random.of(all));
const known: Choose = (file, field, random, all) =>
  field.values ? random.of(field.values) : edge(file, field, random, all);

const CHOICES: readonly Choose[] = [known, known, known, edge, edge, near, near, scaled, power, any, other];

/** A value for the field that is more likely to have an effect than a random one. */
export function chooseValue(file: Buffer, field: Field, random: Random, all: readonly Field[]): number {
  return random.of(CHOICES)(file, field, random, all);
}

/**
 * Widths and heights: one pixel by as many as a format allows, as many pixels as the service accepts
 * (50,000,000) and slightly more, products that overflow 31 and 32 bits, and zero.
 */
export const SHAPES: readonly (readonly [width: number, height: number])[] = [
  [1, 65_500],
  [65_500, 1],
  [15, 65_500],
  [1, 65_535],
  [8, 65_535],
  [65_535, 65_535],
  [46_341, 46_341],
  [65_536, 65_536],
  [65_537, 65_537],
  [7000, 7000],
  [7072, 7072],
  [16_384, 3051],
  [190_000, 256],
  [49_999_999, 1],
  [1, 50_000_000],
  [2 ** 24, 1],
  [1, 2 ** 31 - 1],
  [2 ** 31, 2],
  [2 ** 32 - 1, 2 ** 32 - 1],
  [0, 64],
  [64, 0],
  [1, 1],
  [2, 2],
  [3, 1],
  [255, 257],
  [256, 1000],
];
