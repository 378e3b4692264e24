import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Counts, sum } from '../../../../lambda/operations/quality/counts.ts';
import { psiNoise, psiTerms } from '../../../../lambda/operations/quality/psi.ts';
import { Random } from '../../../hostile/random.ts';

const psi = (day: Counts, baseline: Counts) => sum(psiTerms(day, baseline));

const counts = (length: number) =>
  fc
    .array(fc.nat(10_000), { minLength: length, maxLength: length })
    .filter((bins) => bins.some((count) => count > 0));
const pairs = fc.integer({ min: 1, max: 30 }).chain((length) => fc.tuple(counts(length), counts(length)));

describe('the population stability index', () => {
  test('is the sum of (p - q) ln(p / q)', () => {
    // 0.1 ln 1.25 + 0.1 ln (4/3)
    expect(psi([50, 30, 20], [40, 40, 20])).toBeCloseTo(0.0510826, 7);
  });

  test('counts an empty bin as half an image', () => {
    // 0.5 ln 2 + 0.45 ln 10
    expect(psi([10, 0], [5, 5])).toBeCloseTo(1.382737, 6);
  });

  test('ignores a bin that is empty on both sides', () => {
    expect(psi([50, 30, 20, 0], [400, 400, 200, 0])).toBeCloseTo(psi([50, 30, 20], [400, 400, 200]), 12);
  });

  test('is 0 for equal shares, whatever the number of images', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 50 }), ([bins], factor) => {
        // A bin with no image counts as half an image on neither side.
        expect(
          psi(
            bins,
            bins.map((count) => count * factor),
          ),
        ).toBeCloseTo(0, 9);
      }),
    );
  });

  test('is the same in both directions and never negative', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        expect(psi(a, b)).toBeCloseTo(psi(b, a), 9);
        expect(psi(a, b)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('grows with the share that moves', () => {
    const moved = [0, 50, 100, 200, 400].map((images) => psi([500 - images, 500 + images], [500, 500]));
    expect(moved).toEqual([...moved].sort((a, b) => a - b));
    expect(new Set(moved).size).toBe(moved.length);
  });
});

/** Images of bins that are equally likely. */
function drawn(random: Random, bins: number, images: number): number[] {
  const result = Array.from({ length: bins }, () => 0);
  for (let image = 0; image < images; image += 1) {
    const bin = random.below(bins);
    result[bin] = (result[bin] ?? 0) + 1;
  }
  return result;
}

describe('its noise', () => {
  test.each([
    [10, 200, 2800],
    [21, 400, 5600],
    [21, 1000, 3000],
  ])(
    'with %d bins, %d images and %d before: by chance, one day in 25 at most is above',
    (bins, now, before) => {
      const random = new Random(bins * now);
      const days = 500;
      const indexes = Array.from({ length: days }, () =>
        psi(drawn(random, bins, now), drawn(random, bins, before)),
      );
      const noise = psiNoise(bins, now, before);
      expect(indexes.filter((index) => index > noise).length).toBeLessThanOrEqual(days / 25);
      // And the limit is not far too high: the mean is what theory says.
      const mean = indexes.reduce((sum, index) => sum + index, 0) / days;
      const expected = (bins - 1) * (1 / now + 1 / before);
      expect(mean / expected).toBeGreaterThan(0.85);
      expect(mean / expected).toBeLessThan(1.15);
    },
  );

  test('falls with the images, and grows with the bins', () => {
    expect(psiNoise(10, 400, 4000)).toBeLessThan(psiNoise(10, 200, 4000));
    expect(psiNoise(20, 400, 4000)).toBeGreaterThan(psiNoise(10, 400, 4000));
    expect(psiNoise(1, 1, 1)).toBe(0);
  });
});
