/** @returns NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/**
 * The percentile of values, by nearest rank.
 *
 * @param share 0..1, such as 0.95 for p95.
 * @returns NaN without values.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The median of several rounds, with the lowest and the highest round. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** @throws RangeError without rounds. */
export function spreadOf(rounds: readonly number[]): Spread {
  if (rounds.length === 0) throw new RangeError('Expected at least one round, got none');
  return { median: median(rounds), low: Math.min(...rounds), high: Math.max(...rounds) };
}

/** Ratios of rounds that were measured in turns: each round of ours to the same round of theirs. */
export function ratioOfRounds(ours: readonly number[], theirs: readonly number[]): Spread {
  if (ours.length !== theirs.length)
    throw new RangeError(`Expected as many rounds of both, got ${ours.length} and ${theirs.length}`);
  return spreadOf(ours.map((value, index) => value / (theirs[index] ?? Number.NaN)));
}
