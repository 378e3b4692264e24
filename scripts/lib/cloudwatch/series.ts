/** One value a period, oldest first; undefined where there is no data. */
export type Series = readonly (number | undefined)[];
/** What an expression or a part of it evaluates to. */
export type Value = number | Series | readonly Series[];

/**
 * What a missing data point means in an operation on two series of which the other one has a value. The
 * documentation says `zero`. An alarm should also be right with `missing`, which is what a reader would guess.
 */
export type Missing = 'zero' | 'missing';

export interface Evaluation {
  /** By the id that the expression uses. All have the same length. */
  readonly metrics: Readonly<Record<string, Series>>;
  readonly periodSeconds: number;
  readonly missing: Missing;
}

export const present = (series: Series): number[] => series.filter((value) => value !== undefined);

export function pointOf(value: Value, at: number): number | undefined {
  return typeof value === 'number' ? value : (value as Series)[at];
}

export function isArrayOfSeries(value: Value | undefined): value is readonly Series[] {
  return Array.isArray(value) && Array.isArray(value[0]);
}

export function allSeries(value: Value | undefined): readonly Series[] {
  if (value === undefined || typeof value === 'number') throw new Error('expected a series');
  return isArrayOfSeries(value) ? value : [value];
}
