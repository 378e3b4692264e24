import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { softmax, topK } from '../../../lambda/model/scores.ts';

const logits = fc.float32Array({
  minLength: 1,
  maxLength: 200,
  noNaN: true,
  min: -(2 ** 100),
  max: 2 ** 100,
});

describe('softmax', () => {
  test('sums to 1 for any logits', () => {
    fc.assert(
      fc.property(logits, (values) => {
        const probabilities = softmax(values);
        expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
        expect(probabilities.every((value) => value >= 0 && value <= 1)).toBe(true);
      }),
    );
  });

  test('gives each logit its share', () => {
    const [a, b, c] = softmax(Float32Array.from([1, 2, 4]));
    expect((b ?? 0) / (a ?? 1)).toBeCloseTo(Math.E, 10);
    expect((c ?? 0) / (b ?? 1)).toBeCloseTo(Math.E ** 2, 10);
  });

  test('does not change if every logit grows by the same amount', () => {
    const values = Float32Array.from([0.5, -3, 2.25]);
    expect([...softmax(values.map((value) => value + 64))]).toEqual([...softmax(values)]);
  });
});

describe('topK', () => {
  test('is in order, has no duplicates and leaves out nothing larger', () => {
    fc.assert(
      fc.property(logits, fc.integer({ min: 1, max: 250 }), (values, count) => {
        const top = topK(values, count);
        expect(top).toHaveLength(Math.min(count, values.length));
        expect(new Set(top).size).toBe(top.length);
        const named = top.map((index) => values[index] as number);
        expect(named).toEqual([...named].sort((a, b) => b - a));
        const rest = [...values.keys()]
          .filter((index) => !top.includes(index))
          .map((index) => values[index] as number);
        if (rest.length > 0) expect(Math.max(...rest)).toBeLessThanOrEqual(Math.min(...named));
      }),
    );
  });

  test('keeps equal values in the order of their indices', () => {
    expect(topK(Float32Array.from([1, 3, 3, 2, 3]), 4)).toEqual([1, 2, 4, 3]);
  });

  test('with a smaller count is the start of a larger one', () => {
    fc.assert(
      fc.property(logits, (values) => {
        const all = topK(values, values.length);
        for (const count of [1, 2, 5]) expect(topK(values, count)).toEqual(all.slice(0, count));
      }),
    );
  });
});
