/** Each bucket is 4 % wider than the one before, and stands for its geometric mean: √1.04 is 1.0198. */
const GROWTH = 1.04;
const LOG_GROWTH = Math.log(GROWTH);
/** Milliseconds. The first bucket has everything up to this, and the last one everything above two minutes. */
const FIRST_BOUND_MS = 0.1;
const BUCKETS = 2 + Math.ceil(Math.log(120_000 / FIRST_BOUND_MS) / LOG_GROWTH);

function bucketOf(ms: number): number {
  if (!(ms > FIRST_BOUND_MS)) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log(ms / FIRST_BOUND_MS) / LOG_GROWTH));
}

const timeOf = (bucket: number): number => FIRST_BOUND_MS * GROWTH ** (bucket - 0.5);

/** Times of the last seconds, in 1.4 KiB for each second. */
export interface RecentTimes {
  add(ms: number): void;
  /**
   * The times below which these shares are, in milliseconds: at most 2 % off between 0.1 ms and two minutes.
   *
   * @param shares 0..1
   * @returns undefined if there are no times.
   */
  percentiles<const Shares extends readonly number[]>(
    shares: Shares,
  ): { readonly [Index in keyof Shares]: number } | undefined;
  /** Starts a new second, and forgets the oldest one. */
  nextSecond(): void;
}

/** @param seconds how many are kept, the one in progress included. */
export function createRecentTimes(seconds: number): RecentTimes {
  const counts = Array.from({ length: seconds }, () => new Uint32Array(BUCKETS));
  const sum = new Uint32Array(BUCKETS);
  let total = 0;
  let position = 0;
  const current = () => counts[position] as Uint32Array;

  /** The bucket of the time at this rank, from 1. */
  function bucketAt(rank: number): number {
    let seen = 0;
    return sum.findIndex((count) => {
      seen += count;
      return seen >= rank;
    });
  }

  return {
    add(ms) {
      const bucket = bucketOf(ms);
      current()[bucket] = (current()[bucket] ?? 0) + 1;
      sum[bucket] = (sum[bucket] ?? 0) + 1;
      total += 1;
    },
    percentiles(shares) {
      if (total === 0) return undefined;
      const values = shares.map((share) => timeOf(bucketAt(Math.max(1, Math.ceil(share * total)))));
      return values as { [Index in keyof typeof shares]: number };
    },
    nextSecond() {
      position = (position + 1) % seconds;
      current().forEach((count, bucket) => {
        sum[bucket] = (sum[bucket] ?? 0) - count;
        total -= count;
      });
      current().fill(0);
    },
  };
}
