import { describe, expect, test } from 'vitest';
import { classBins } from '../../../../lambda/operations/quality/class-bins.ts';
import { driftOf } from '../../../../lambda/operations/quality/drift.ts';
import { type Histogram, histogramOf, sumOf } from '../../../../lambda/operations/quality/histogram.ts';
import { Random } from '../../../hostile/random.ts';

const THRESHOLD = 0.25;

/** Images of classes that are equally likely, with probabilities spread evenly. */
function traffic(random: Random, images: number, classes: readonly number[]): Histogram {
  return histogramOf(
    Array.from({ length: images }, () => ({
      classIndex: random.of(classes),
      tenth: random.below(10),
      images: 1,
      modelVersion: '1.0.0',
    })),
  );
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const ALL = range(0, 1000);

describe('the bins of classes', () => {
  test('give a frequent class a bin of its own, and gather the others', () => {
    const classes = new Map([
      [3, 300],
      [10, 20],
      [20, 20],
      [30, 20],
      [207, 600],
      [500, 20],
      [800, 20],
    ]);
    const { names, count } = classBins(classes);
    // 1,000 images: 5 % are 50.
    expect(names).toEqual(['3', '207', '0-']);
    expect(count(classes)).toEqual([300, 600, 100]);
    expect(count(new Map([[999, 7]])), 'a class that the baseline does not have').toEqual([0, 0, 7]);
  });

  test('split varied traffic into ranges with about as many images', () => {
    const classes = new Map(ALL.map((index) => [index, 3]));
    const { names, count } = classBins(classes);
    expect(names).toHaveLength(20);
    expect(names[0]).toBe('0-49');
    expect(names.at(-1)).toBe('950-');
    expect(new Set(count(classes))).toEqual(new Set([150]));
  });

  test.each([1, 2, 3, 19, 20, 21, 40, 999])('are at most 21 for %d classes, and lose no image', (classes) => {
    const random = new Random(classes);
    const { classes: before } = traffic(random, 4000, range(0, classes));
    const { names, count } = classBins(before);
    expect(names.length).toBeLessThanOrEqual(21);
    const counts = count(before);
    expect(counts).toHaveLength(names.length);
    expect(counts.reduce((sum, images) => sum + images, 0)).toBe(4000);
  });

  test('do not fail for a baseline with one class', () => {
    expect(classBins(new Map([[5, 100]])).names).toEqual(['5', '0-']);
  });
});

describe('the drift of a day', () => {
  test('is small if nothing has changed, at the least number of images that is compared', () => {
    const random = new Random(1);
    for (let day = 0; day < 100; day += 1) {
      const { classes, confidence } = driftOf(
        traffic(random, 350, ALL),
        traffic(random, 5000, ALL),
        THRESHOLD,
      );
      expect(classes.psi).toBeLessThan(THRESHOLD);
      expect(confidence.psi).toBeLessThan(THRESHOLD);
    }
  });

  test.each([
    ['one class out of a thousand', [916]],
    ['fifty classes that none of the frequent ones is among', range(600, 650)],
    ['half of the classes', range(0, 500)],
  ])('is reported if varied photos become %s', (_, classes) => {
    const random = new Random(2);
    const drift = driftOf(traffic(random, 1000, classes), traffic(random, 10_000, ALL), THRESHOLD);
    expect(drift.classes.psi).toBeGreaterThan(THRESHOLD);
    expect(drift.confidence.psi).toBeLessThan(THRESHOLD);
  });

  test('names the bins and classes that changed most', () => {
    const random = new Random(3);
    const before = traffic(random, 10_000, [1, 2, 3, 4]);
    const drift = driftOf(traffic(random, 1000, [1, 2, 3, 700]), before, THRESHOLD);
    if (drift.classes.psi === undefined) throw new Error('expected an index');
    const [first, second] = drift.classes.largest;
    expect([first?.bin, second?.bin].sort()).toEqual(['0-', '4']);
    expect(drift.movedClasses.slice(0, 2).map(({ class_index }) => class_index)).toEqual(
      expect.arrayContaining([4, 700]),
    );
    expect(drift.movedClasses[0]?.day_percent).toBeGreaterThanOrEqual(0);
  });

  test('notices that the model has become less sure', () => {
    const day = histogramOf([{ classIndex: 1, tenth: 2, images: 1000, modelVersion: undefined }]);
    const before = histogramOf([
      { classIndex: 1, tenth: 2, images: 5000, modelVersion: undefined },
      { classIndex: 1, tenth: 10, images: 5000, modelVersion: undefined },
    ]);
    const { classes, confidence } = driftOf(day, before, THRESHOLD);
    expect(classes.psi).toBeLessThan(0.01);
    if (confidence.psi === undefined) throw new Error('expected an index');
    expect(confidence.psi).toBeGreaterThan(THRESHOLD);
    expect(confidence.largest[0]).toMatchObject({ bin: '0.9-1', day_percent: 0, baseline_percent: 50 });
  });

  test.each([
    ['a quiet day', 100, 10_000],
    ['a small baseline', 10_000, 100],
  ])('has no number for %s', (_, now, before) => {
    const random = new Random(4);
    const { classes, confidence } = driftOf(
      traffic(random, now, ALL),
      traffic(random, before, ALL),
      THRESHOLD,
    );
    expect(classes).toMatchObject({
      psi: undefined,
      reason: expect.stringContaining(`got ${now} in the day`),
    });
    expect(confidence).toMatchObject({ psi: undefined });
  });
});

test('histograms of days add up', () => {
  const one = histogramOf([{ classIndex: 1, tenth: 9, images: 2, modelVersion: '1.1.0' }]);
  const two = histogramOf([
    { classIndex: 1, tenth: 10, images: 3, modelVersion: '1.0.0' },
    { classIndex: 7, tenth: 0, images: 1, modelVersion: '1.1.0' },
  ]);
  const both = sumOf([one, two]);
  expect([...both.classes]).toEqual([
    [1, 5],
    [7, 1],
  ]);
  expect(both.confidence).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 5]);
  expect(both.modelVersions).toEqual(['1.0.0', '1.1.0']);
});
