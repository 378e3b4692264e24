import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchRanges, batchSize } from '../../../../lambda/jobs/cloud/prepare/batches.ts';
import { cover, eighthsOf, halvesOf, lengthOf, type Range } from '../../../../lambda/jobs/cloud/ranges.ts';
import { collect } from './client.ts';

/** Which ranges of a batch were written: some are split, and some of those were written before. */
interface Written {
  readonly range: Range;
  readonly isWhole: boolean;
  /** Halves if a worker ran out of time, eighths if it crashed. */
  readonly pieces: readonly Written[];
}

const written = (range: Range, depth: number): fc.Arbitrary<Written> => {
  const whole = fc.constant<Written>({ range, isWhole: true, pieces: [] });
  if (depth === 0 || lengthOf(range) === 1) return whole;
  const into = (pieces: readonly Range[]) =>
    fc
      .tuple(fc.boolean(), ...pieces.map((piece) => written(piece, depth - 1)))
      .map(([isWhole, ...parts]): Written => ({ range, isWhole, pieces: parts }));
  return fc.oneof(whole, into(halvesOf(range)), into(eighthsOf(range)));
};

const piecesOf = ({ range, isWhole, pieces }: Written): Range[] => [
  ...(isWhole ? [range] : []),
  ...pieces.flatMap(piecesOf),
];

async function covered(ranges: readonly Range[], from?: number): Promise<Range[]> {
  const sorted = ranges.toSorted(([a, b], [c, d]) => a - c || b - d).map((range) => ({ range }));
  const found = await collect(cover(asAsync(sorted), from));
  return found.map(({ range }) => range);
}

async function* asAsync<Item>(items: readonly Item[]) {
  yield* items;
}

const positionsOf = (ranges: readonly Range[]): number[] =>
  ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index));

const batches = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }).map((lengths) => {
  let first = 0;
  return lengths.map((length): Range => {
    const range: Range = [first, first + length - 1];
    first += length;
    return range;
  });
});

test('the cover has every input exactly once, however batches were split and written before', async () => {
  const trees = batches.chain((ranges) => fc.tuple(...ranges.map((range) => written(range, 6))));
  await fc.assert(
    fc.asyncProperty(trees, async (all) => {
      const total = positionsOf(all.map(({ range }) => range)).length;
      const found = positionsOf(await covered(all.flatMap(piecesOf)));
      expect(found).toEqual(Array.from({ length: total }, (_, index) => index));
    }),
  );
});

test('the cover of a job that did not end has no input twice, and all that were written', async () => {
  const trees = batches.chain((ranges) => fc.tuple(...ranges.map((range) => written(range, 6))));
  const some = trees.chain((all) => fc.subarray(all.flatMap(piecesOf)));
  await fc.assert(
    fc.asyncProperty(some, async (pieces) => {
      const found = positionsOf(await covered(pieces));
      expect(found).toEqual([...new Set(positionsOf(pieces))].sort((a, b) => a - b));
    }),
  );
});

test('the cover from a position leaves out what lies before it', async () => {
  const ranges: Range[] = [
    [0, 9],
    [5, 9],
    [10, 14],
    [10, 19],
    [15, 19],
  ];
  expect(await covered(ranges, 10)).toEqual([[10, 19]]);
});

test('halves have every input of their range once', () => {
  fc.assert(
    fc.property(fc.nat(1e9), fc.integer({ min: 2, max: 5000 }), (first, length) => {
      const range: Range = [first, first + length - 1];
      const [low, high] = halvesOf(range);
      expect([low[0], low[1] + 1, high[1]]).toEqual([range[0], high[0], range[1]]);
      expect(Math.abs(lengthOf(low) - lengthOf(high))).toBeLessThanOrEqual(1);
    }),
  );
});

test('eighths have every input of their range once, and are halves of halves of halves', () => {
  fc.assert(
    fc.property(fc.nat(1e9), fc.integer({ min: 2, max: 200 }), (first, length) => {
      const range: Range = [first, first + length - 1];
      const pieces = eighthsOf(range);
      expect(pieces).toHaveLength(Math.min(8, length));
      expect(positionsOf(pieces)).toEqual(positionsOf([range]));
      const whole = halvesOf(range).map((half) => positionsOf([half]));
      for (const piece of pieces.map((each) => positionsOf([each]))) {
        expect(whole.filter((half) => piece.every((position) => half.includes(position)))).toHaveLength(1);
      }
    }),
  );
});

const usual = { topK: 5, explain: 0 };
const bucket = { kind: 'prefix', prefix: 's3://photos/' } as const;
const listed = (length: number) =>
  batchSize(
    { kind: 'inputs', inputs: Array.from({ length }, () => ({ url: 'https://example.com/' })) },
    usual,
  );

test.each([
  [1, 10],
  [400, 10],
  [1000, 25],
  [8000, 100],
])('of %i inputs in the request, a batch has at most %i', (inputs, size) => {
  expect(listed(inputs)(0)).toBe(size);
});

test.each([
  [1e6, 3300],
  [1e8, 53_000],
])('a bucket of %i objects has about %i batches', (total, count) => {
  const ranges = [...batchRanges(total, batchSize(bucket, usual))];
  expect(Math.abs(ranges.length - count) / count).toBeLessThan(0.02);
  expect(Math.max(...ranges.map(lengthOf))).toBeLessThanOrEqual(2000);
  expect(ranges.reduce((sum, range) => sum + lengthOf(range), 0)).toBe(total);
});

test('a batch with long results is smaller, so that the worker can keep them all', () => {
  const { predictions, line } = { predictions: 1000, line: 106_000 };
  const size = batchSize(bucket, { topK: predictions, explain: 0 })(1e8);
  expect(size * line).toBeLessThan(50 * 2 ** 20);
  expect(size).toBeGreaterThan(300);
});
