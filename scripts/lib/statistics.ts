export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/**
 * The smallest value that so large a share of all values does not exceed (nearest rank).
 *
 * @param share 0..1; not a number comes back where there are no values.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The median of several rounds, with the lowest and the highest of them. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** @throws RangeError where there is no round. */
export function spreadOf(rounds: readonly number[]): Spread {
  if (rounds.length === 0) throw new RangeError('Expected at least one round, got none');
  return { median: median(rounds), low: Math.min(...rounds), high: Math.max(...rounds) };
}

/** Ratios of rounds that were measured in turns: the first of one to the first of the other, and so on. */
export function ratioOfRounds(ours: readonly number[], theirs: readonly number[]): Spread {
  if (ours.length !== theirs.length)
    throw new RangeError(`Expected as many rounds of both, got ${ours.length} and ${theirs.length}`);
  return spreadOf(ours.map((value, index) => value / (theirs[index] ?? Number.NaN)));
}
