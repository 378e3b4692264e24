import { expect, test } from 'vitest';
import type { BatchDocument, BatchEntry } from '../../../../lambda/jobs/cloud/documents.ts';
import { keys } from '../../../../lambda/jobs/cloud/layout.ts';
import { lengthOf, type Range } from '../../../../lambda/jobs/cloud/ranges.ts';
import { coveringResults } from '../../../../lambda/jobs/cloud/results-list.ts';
import { writeResults } from '../../../../lambda/jobs/cloud/work/write-results.ts';
import { newJobId } from '../../../../lambda/jobs/ids.ts';
import { runBatch } from '../../../support/memory-cloud/job-machine.ts';
import { createMemoryCloud, JOBS_BUCKET } from '../../../support/memory-cloud.ts';
import { alice, collect, upTo } from './client.ts';

/** An execution fails when its history has more. */
const MOST_EVENTS = 25_000;
/** Those of attempts that find no free worker: MOST_ATTEMPTS in lib/constructs/jobs/batch.ts. */
const EVENTS_OF_ATTEMPTS = 3 * 6000;
const LARGEST_BATCH = 2000;

/** Runs a batch whose worker crashes at some of the inputs. */
async function crashing(total: number, isPoison: (position: number) => boolean) {
  const cloud = createMemoryCloud();
  const store = cloud.buckets(JOBS_BUCKET);
  const id = newJobId();
  const range: Range = [0, total - 1];
  const inputs = upTo(total).map((index) => ({ url: `https://example.com/${index}` }));
  const document: BatchDocument = { owner: alice, options: { topK: 1, explain: 0 }, inputs };
  const key = keys.batch(id, range);
  await store.put(key, JSON.stringify(document));
  let crashes = 0;
  const entry: BatchEntry = { job_id: id, first: 0, last: total - 1, key };
  const invoke: Parameters<typeof runBatch>[1] = {
    async worker({ ranges: [first = range, ...others], failed_ranges }) {
      const positions = upTo(lengthOf(first)).map((offset) => first[0] + offset);
      if (positions.some(isPoison)) {
        crashes += 1;
        throw Object.assign(new Error('the process was killed'), { name: 'Runtime.ExitError' });
      }
      const results = positions.map((index) => ({ index, line: `{"index":${index}}\n`, failure: undefined }));
      await writeResults(store, id, first, results);
      return { ranges: others, failed_ranges };
    },
    steps: (event) => cloud.steps(event, () => true),
  };
  const events = await runBatch(entry, invoke, new AbortController().signal);
  const results = await collect(coveringResults(store, id));
  const lines = results
    .map((part) => cloud.buckets.text(JOBS_BUCKET, part.key) ?? '')
    .join('')
    .trim()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line).index)).toEqual(upTo(total));
  const failed = lines.filter((line) => line.includes('internal')).map((line) => JSON.parse(line).index);
  expect(results.reduce((sum, part) => sum + part.failed, 0)).toBe(failed.length);
  return { crashes, events, failed };
}

test.each([1, 0.5, 0.25, 0.1, 0.02])(
  'a batch of which a share of %d crashes its worker ends, within the history of an execution',
  async (share) => {
    const { crashes, events, failed } = await crashing(
      LARGEST_BATCH,
      (position) => (position * 7919) % LARGEST_BATCH < share * LARGEST_BATCH,
    );
    expect(events + EVENTS_OF_ATTEMPTS).toBeLessThan(MOST_EVENTS);
    // Each needs a new process, about ten seconds with its model.
    expect(crashes).toBeLessThan(200);
    expect(failed.length).toBeGreaterThanOrEqual(share * LARGEST_BATCH);
  },
);

test('some inputs that crash the worker cost only themselves, each a few crashes', async () => {
  const poison = [3, 4, 700, 1100, 1999];
  const { crashes, failed } = await crashing(LARGEST_BATCH, (position) => poison.includes(position));
  expect(failed).toEqual(poison);
  expect(crashes).toBeLessThanOrEqual(1 + poison.length * 4);
});

test('an input is not given up after one crash', async () => {
  for (const total of [1, 2]) {
    let isFirst = true;
    const { failed } = await crashing(total, () => {
      if (!isFirst) return false;
      isFirst = false;
      return true;
    });
    expect(failed).toEqual([]);
  }
  expect((await crashing(1, () => true)).crashes).toBe(2);
});
