import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRecentTimes } from '../../../../lambda/telemetry/live/histogram.ts';

const SHARES = [0.5, 0.95, 0.99] as const;
const milliseconds = fc.double({ min: 0.1, max: 120_000, noNaN: true });

/** The smallest time that is not below this share of the times. */
function nearestRank(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] as number;
}

describe('percentiles of recent times', () => {
  test('are at most 2 % off', () => {
    fc.assert(
      fc.property(fc.array(milliseconds, { minLength: 1, maxLength: 200 }), (times) => {
        const recent = createRecentTimes(3);
        for (const ms of times) recent.add(ms);
        const found = recent.percentiles(SHARES) ?? [];
        SHARES.forEach((share, index) => {
          const exact = nearestRank(times, share);
          expect(Math.abs((found[index] ?? 0) - exact) / exact).toBeLessThan(0.02);
        });
      }),
    );
  });

  test('are those of the last seconds, and of no earlier one', () => {
    const seconds = fc.array(fc.array(milliseconds, { maxLength: 20 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(seconds, (all) => {
        const recent = createRecentTimes(3);
        all.forEach((times, index) => {
          if (index > 0) recent.nextSecond();
          for (const ms of times) recent.add(ms);
        });
        const only = createRecentTimes(1);
        for (const ms of all.slice(-3).flat()) only.add(ms);
        expect(recent.percentiles(SHARES)).toEqual(only.percentiles(SHARES));
      }),
    );
  });

  test.each([
    ['nothing', [], undefined],
    ['no time at all', [0], 0.1],
    ['a clock that went back', [-5], 0.1],
    ['not a number', [Number.NaN], 0.1],
    ['an hour', [3_600_000], 120_000],
    ['no end', [Number.POSITIVE_INFINITY], 120_000],
  ])('of %s stay within the buckets', (_what, times, expected) => {
    const recent = createRecentTimes(2);
    for (const ms of times) recent.add(ms);
    const [found] = recent.percentiles([0.5]) ?? [];
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(Math.abs((found ?? 0) / expected - 1)).toBeLessThan(0.04);
  });
});
