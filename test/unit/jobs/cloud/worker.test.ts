import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBudgets } from '../../../../lambda/budget/budgets.ts';
import { readConfig } from '../../../../lambda/config.ts';
import { ServiceError } from '../../../../lambda/errors.ts';
import { divide, lengthOf, type Range } from '../../../../lambda/jobs/cloud/ranges.ts';
import { StorageError } from '../../../../lambda/jobs/cloud/storage/object-store.ts';
import { inOrder } from '../../../../lambda/jobs/cloud/work/in-order.ts';
import { inputsAtOnce } from '../../../../lambda/jobs/cloud/work/worker.ts';
import { createMemoryCloud } from '../../../support/memory-cloud.ts';
import { create, find, indexesOf, jobRequest, NO_PHOTO, resultsOf, upTo } from './client.ts';

const never = new AbortController().signal;
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
};

describe('work in order', () => {
  test('gives the results of the items in their order, a few items at a time', async () => {
    let active = 0;
    let most = 0;
    const work = inOrder(upTo(30), 4, never, async (item) => {
      active += 1;
      most = Math.max(most, active);
      await turns((item * 7) % 5);
      active -= 1;
      return item;
    });
    expect(await work).toEqual({ results: upTo(30), failures: [] });
    expect(most).toBe(4);
  });

  test('starts nothing after a failure, and keeps what was under way', async () => {
    const error = new Error('the storage failed');
    const { results, failures } = await inOrder(upTo(30), 4, never, async (item) => {
      if (item === 5) throw error;
      await turns(3);
      return item;
    });
    expect(failures).toEqual([{ index: 5, error }]);
    const done = results.flatMap((result) => result ?? []);
    expect(done.slice(0, 6)).toEqual([0, 1, 2, 3, 4, 6]);
    expect(done.length).toBeLessThan(12);
  });

  test('keeps what is done when the time is over', async () => {
    const controller = new AbortController();
    const { results, failures } = await inOrder(upTo(10), 2, controller.signal, async (item, _, signal) => {
      if (item === 6) controller.abort(new Error('no time'));
      await turns(1);
      signal.throwIfAborted();
      return item;
    });
    expect(results.slice(0, 5)).toEqual(upTo(5));
    expect(results.slice(6)).toEqual([undefined, undefined, undefined, undefined]);
    expect(failures).toEqual([]);
  });
});

test('a range is divided into what is done and what is left', () => {
  const ranges = fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 200 }));
  fc.assert(
    fc.property(ranges, fc.infiniteStream(fc.boolean()), ([first, length], flags) => {
      const range: Range = [first, first + length - 1];
      const isDone = new Map<number, boolean>();
      for (let position = first; position <= range[1]; position += 1)
        isDone.set(position, flags.next().value);
      const { done, left } = divide(range, (position) => isDone.get(position) ?? false);
      const all = [...done, ...left].toSorted(([a], [b]) => a - b);
      expect(all.reduce((sum, each) => sum + lengthOf(each), 0)).toBe(length);
      expect(all.every(([start], index) => start === (all[index - 1]?.[1] ?? first - 1) + 1)).toBe(true);
      for (const [start, end] of done) {
        for (let position = start; position <= end; position += 1) expect(isDone.get(position)).toBe(true);
      }
    }),
  );
});

test('a worker whose time is over keeps what it has done, and goes on with the rest', async () => {
  const fetched: string[] = [];
  let timeOver = new AbortController();
  const cloud = createMemoryCloud({
    workerSignal: () => timeOver.signal,
    beforeInvoke: (invocation) => {
      if (invocation.function === 'worker') timeOver = new AbortController();
    },
    fetchUrl: async (url, _, signal) => {
      fetched.push(url);
      // A slow host.
      if (fetched.length === 10) timeOver.abort(new Error('no time'));
      await turns(20);
      signal?.throwIfAborted();
      throw new ServiceError('url_fetch_failed', 'The host is slow.');
    },
  });
  const inputs = upTo(10).map((index) => ({ url: `https://example.com/${index}` }));
  const { id } = await create(cloud, jobRequest({ kind: 'inputs', inputs }));
  await cloud.settle();
  expect((await find(cloud, id)).counts).toEqual({ total: 10, succeeded: 0, failed: 10, pending: 0 });
  expect(indexesOf(await resultsOf(cloud, id))).toEqual(upTo(10));
  expect(cloud.batches.map(({ range }) => range)).toEqual([
    [0, 4],
    [5, 7],
    [8, 9],
  ]);
  expect(new Set(fetched).size).toBe(10);
  expect(fetched).toHaveLength(12);
});

test('an object that cannot be read holds up nothing but itself', async () => {
  let reads = 0;
  const cloud = createMemoryCloud({ sources: [{ bucket: 'photos', prefix: '' }] });
  const photos = cloud.buckets.objects('photos');
  for (const index of upTo(100)) {
    const key = String(index).padStart(3, '0');
    photos.set(key, { body: NO_PHOTO, lastModified: new Date(), contentType: undefined });
  }
  cloud.buckets.beforeOperation = (operation, _, key) => {
    if (operation !== 'open' || !photos.has(key)) return;
    reads += 1;
    if (key === '040' || key === '070') throw new StorageError('failed', 'SlowDown');
  };
  const { id } = await create(cloud, jobRequest({ kind: 'prefix', prefix: 's3://photos/' }));
  await cloud.settle();
  expect(await find(cloud, id)).toMatchObject({
    status: 'failed',
    counts: { total: 100, failed: 98, pending: 2 },
  });
  // Nothing is read again but what failed.
  expect(reads).toBeLessThan(110);
  cloud.buckets.beforeOperation = () => {};
  cloud.executions.redrive(id);
  await cloud.settle();
  expect((await find(cloud, id)).counts).toMatchObject({ failed: 100, pending: 0 });
  expect(indexesOf(await resultsOf(cloud, id))).toEqual(upTo(100));
});

test('a worker whose time is over before anything is done has its range split', async () => {
  const cloud = createMemoryCloud({
    workerSignal: ({ ranges }) =>
      lengthOf(ranges[0] ?? [0, 0]) > 1 ? AbortSignal.abort(new Error('no time')) : never,
    fetchUrl: () => Promise.reject(new ServiceError('url_fetch_failed', 'No.')),
  });
  const inputs = upTo(7).map((index) => ({ url: `https://example.com/${index}` }));
  const { id } = await create(cloud, jobRequest({ kind: 'inputs', inputs }));
  await cloud.settle();
  expect((await resultsOf(cloud, id)).map(({ problem }) => problem?.code)).toEqual(
    upTo(7).map(() => 'url_fetch_failed'),
  );
});

test.each([
  [1769, 20_000_000, 8],
  [1769, 45_000_000, 4],
  [1024, 20_000_000, 4],
  [512, 18_000_000, 1],
])(
  'with %i MiB of memory and images of %i bytes, a worker has %i at once',
  (mib, maxImageBytes, expected) => {
    const { budgets } = readConfig({
      AWS_LAMBDA_FUNCTION_NAME: 'worker',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(mib),
    });
    const { bodies } = createBudgets(budgets);
    expect(inputsAtOnce({ bodies, maxImageBytes })).toBe(expected);
  },
);
