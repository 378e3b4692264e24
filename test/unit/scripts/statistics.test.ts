import { describe, expect, it } from 'vitest';
import { percentile, ratioOfRounds, spreadOf } from '../../../scripts/lib/statistics.ts';

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it.each([
    [0, 1],
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
    [1, 100],
  ])('takes the nearest rank: %d of 1 to 100 is %d', (share, expected) => {
    expect(percentile(hundred, share)).toBe(expected);
  });

  it('is the only value, and NaN without values', () => {
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('rounds', () => {
  it('has the lowest and the highest round as well as the median', () => {
    expect(spreadOf([3, 1, 8])).toEqual({ median: 3, low: 1, high: 8 });
    expect(() => spreadOf([])).toThrow(RangeError);
  });

  it('divides within each round, so that noise which slows both does not count', () => {
    // Twice as slow in every round, on a machine that becomes ten times as slow.
    expect(ratioOfRounds([2, 20, 200], [1, 10, 100])).toEqual({ median: 2, low: 2, high: 2 });
    expect(() => ratioOfRounds([1, 2], [1])).toThrow('got 2 and 1');
  });
});
