import { afterAll, beforeAll, expect, test } from 'vitest';
import { send } from '../support.ts';
import { createClient } from './client.ts';
import { createKey, type Key } from './keys.ts';
import { makePhotos } from './photos.ts';
import { openSite, type Visit } from './site.ts';
import { functionOf, kill, workersOf } from './workers.ts';

let key: Key;
let client: ReturnType<typeof createClient>;
let photo: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  key = await createKey();
  client = createClient(key.value);
  [photo = new Uint8Array()] = await makePhotos(1);
});
afterAll(() => key[Symbol.asyncDispose]());

const sitePaths = (count: number) => Array.from({ length: count }, (_, index) => `/photos/${index}.jpg`);

test('a photo that ends its worker whenever it is classified costs itself only', async () => {
  const worker = await functionOf('job-worker.handler');
  const deadly = '/photos/10.jpg';
  await using site = await openSite(async ({ path, from }) => {
    if (path !== deadly) return { status: 200, body: photo };
    const victim = (await workersOf(worker)).find(({ address }) => address === from);
    if (victim) await kill(victim);
    return undefined;
  });
  const inputs = sitePaths(12).map((path) => ({ url: site.urlOf(path) }));

  const { job_id } = await client.start({ inputs, top_k: 1 });
  const job = await client.ended(job_id);

  expect(job).toMatchObject({ status: 'succeeded', counts: { total: 12, succeeded: 11, failed: 1 } });
  const results = await client.results(job_id);
  expect(results.map(({ input }) => input)).toEqual(inputs);
  expect(results.map(({ problem }) => problem?.code)).toEqual(
    inputs.map(({ url }) => (url === site.urlOf(deadly) ? 'internal' : undefined)),
  );
}, 120_000);

test('a job that is cancelled keeps what was done', async () => {
  const BATCH = 10;
  const BATCHES = 20;
  const { promise: cancelled, resolve: release } = Promise.withResolvers<void>();
  // The service gives each batch of them up after some seconds, and there are many more batches than workers.
  const isHeld = ({ path }: Visit) => Number(/\d+/.exec(path)) >= BATCH;
  await using site = await openSite(async (visit) => {
    if (isHeld(visit)) await cancelled;
    return { status: 200, body: photo };
  });
  const inputs = sitePaths(BATCHES * BATCH).map((path) => ({ url: site.urlOf(path) }));

  const { job_id } = await client.start({ inputs, top_k: 1 });
  await client.until(job_id, ({ counts }) => counts.succeeded === BATCH);
  expect(await client.cancel(job_id)).toMatchObject({ job_id, status: 'cancelled' });
  release();
  const job = await client.ended(job_id);

  expect(job).toMatchObject({ status: 'cancelled', counts: { total: BATCHES * BATCH, succeeded: BATCH } });
  expect(job.counts.pending).toBeGreaterThan(0);
  const results = await client.results(job_id);
  expect(results).toHaveLength(job.counts.succeeded + job.counts.failed);
  expect(results.filter(({ problem }) => !problem).map(({ input }) => input)).toEqual(inputs.slice(0, BATCH));
}, 120_000);

test('a job needs a key, whatever the spelling of its path', async () => {
  const upload_id = await client.upload(photo);
  const { job_id } = await client.start({ inputs: [{ upload_id }] });
  await client.ended(job_id);
  for (const path of ['/jobs/', '/%6Aobs/', '/jobs%2F', '//jobs/'].map((start) => `${start}${job_id}`)) {
    for (const what of [path, `${path}/`, `${path}/results`]) {
      const response = await send(what, { key: undefined, redirect: 'manual' });
      expect([403, 404], what).toContain(response.status);
      expect(await response.text(), what).not.toContain(upload_id);
    }
  }
});
