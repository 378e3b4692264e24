import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BatchEntry } from '../../../lambda/jobs/cloud/documents.ts';
import { rangeOf } from '../../../lambda/jobs/cloud/layout.ts';
import { client as emulator, post, stackOutput } from '../support.ts';
import { createClient, type DescribedJob, inTurns, type ResultLine } from './client.ts';
import { createKey, type Key } from './keys.ts';
import { makePhotosWithHostileOnes, type TestPhoto } from './photos.ts';
import { functionOf, kill, workersOf } from './workers.ts';

const PHOTOS = 500;
const HOSTILE = 10;
/** Requests at the same time. Each needs a container of its own. */
const AT_ONCE = 2;

let key: Key;
let client: ReturnType<typeof createClient>;
let photos: readonly TestPhoto[];
let uploads: readonly string[];
let job: DescribedJob;
let results: readonly ResultLine[];

beforeAll(async () => {
  key = await createKey();
  client = createClient(key.value);
  photos = await makePhotosWithHostileOnes(PHOTOS);
  uploads = await inTurns(photos, AT_ONCE, ({ bytes }) => client.upload(bytes));
  const { job_id } = await client.start({ inputs: uploads.map((upload_id) => ({ upload_id })), top_k: 3 });
  await client.until(job_id, ({ counts }) => counts.succeeded > 0);
  const [worker] = await workersOf(await functionOf('job-worker.handler'));
  if (!worker) throw new Error('Expected a worker that runs, got none');
  await kill(worker);
  job = await client.ended(job_id);
  results = await client.results(job_id);
}, 240_000);
afterAll(() => key[Symbol.asyncDispose]());

test('a job of 500 photos, one of whose workers dies, has the result of every photo once and in order', () => {
  expect(job).toMatchObject({
    status: 'succeeded',
    counts: { total: PHOTOS, succeeded: PHOTOS - HOSTILE, failed: HOSTILE, pending: 0 },
  });
  expect(results.map(({ index, input }) => [index, input.upload_id])).toEqual([...uploads.entries()]);
});

test('a hostile photo costs itself only, and its result says what is wrong', () => {
  expect(results.map(({ problem }) => problem?.code)).toEqual(photos.map(({ code }) => code));
});

test('the results are those of POST /predict', async () => {
  const answers = await inTurns(photos, AT_ONCE, ({ bytes }) =>
    post('/predict?top_k=3', bytes, 'image/jpeg', { key: key.value }),
  );
  expect(
    results.map(({ predictions, image, problem }) => ({ predictions, image, code: problem?.code })),
  ).toEqual(
    answers.map(({ body }) => {
      const { predictions, image, code } = body as ResultLine & { readonly code?: string };
      return { predictions, image, code };
    }),
  );
}, 120_000);

test('a batch that runs again, as after a redrive, replaces its results', async () => {
  const s3 = new S3Client(emulator);
  const Bucket = stackOutput('JobsBucket');
  const parts = async () => {
    const Prefix = `results/${job.job_id}/`;
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
    return Contents.map(({ Key, Size }) => [Key, Size]);
  };
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: `jobs/${job.job_id}/batches.json` }));
  const batches = JSON.parse((await Body?.transformToString()) ?? '[]') as readonly BatchEntry[];
  const before = await parts();
  // That of the worker that died was split, so its results have other keys.
  const whole = new Set(before.map(([name]) => String(rangeOf(`${name}`))));
  const batch = batches.find(({ first, last }) => whole.has(String([first, last])));
  if (!batch) throw new Error('Expected a batch that was not split, got none');

  const { FunctionError, Payload } = await new LambdaClient(emulator).send(
    new InvokeCommand({
      FunctionName: await functionOf('job-worker.handler'),
      Payload: JSON.stringify({
        job_id: job.job_id,
        key: batch.key,
        ranges: [[batch.first, batch.last]],
      }),
    }),
  );

  expect([FunctionError, JSON.parse(Payload?.transformToString() ?? '')]).toEqual([
    undefined,
    { ranges: [] },
  ]);
  expect(await parts()).toEqual(before);
});
