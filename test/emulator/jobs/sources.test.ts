import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { client as emulator } from '../support.ts';
import { createClient } from './client.ts';
import { createKey, type Key } from './keys.ts';
import { makePhotos } from './photos.ts';

/** A bucket that stage local lets jobs read below ALLOWED. */
const BUCKET = 'resnet50-emulator-photos';
const ALLOWED = 'allowed/';
const s3 = new S3Client(emulator);
const uriOf = (name: string) => `s3://${BUCKET}/${ALLOWED}${name}`;

let key: Key;
let client: ReturnType<typeof createClient>;
let photos: readonly Uint8Array<ArrayBuffer>[];
beforeAll(async () => {
  key = await createKey();
  client = createClient(key.value);
  photos = await makePhotos(3);
});
afterAll(() => key[Symbol.asyncDispose]());

async function run(source: string | { readonly manifest: string }) {
  const { job_id } = await client.start({ source, top_k: 1 });
  return client.ended(job_id);
}

// The first test, because the next one makes the bucket.
test('a job over a bucket that does not exist fails, and says why', async () => {
  const job = await run(uriOf('cats/'));
  expect(job).toMatchObject({
    status: 'failed',
    counts: { total: 0 },
    reason: expect.stringMatching(/bucket/i),
  });
});

test('a job over a prefix classifies its objects in the order of their names', async () => {
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const names = ['cats/c.jpg', 'cats/a b.jpg', 'cats/ä+%.jpg'];
  for (const [index, name] of names.entries()) {
    await s3.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: `${ALLOWED}${name}`,
        Body: photos[index] ?? new Uint8Array(),
      }),
    );
  }
  await s3.send(
    new PutObjectCommand({
      Bucket: BUCKET,
      Key: `${ALLOWED}dogs/a.jpg`,
      Body: photos[0] ?? new Uint8Array(),
    }),
  );

  const job = await run(uriOf('cats/'));

  expect(job).toMatchObject({ status: 'succeeded', counts: { total: 3, succeeded: 3 } });
  const results = await client.results(job.job_id);
  expect(results.map(({ input, image }) => [input.s3, image?.bytes])).toEqual([
    [uriOf('cats/a b.jpg'), photos[1]?.byteLength],
    [uriOf('cats/c.jpg'), photos[0]?.byteLength],
    [uriOf('cats/ä+%.jpg'), photos[2]?.byteLength],
  ]);
});

test('a manifest names uploads and objects of a bucket', async () => {
  const [first = new Uint8Array()] = photos;
  const upload_id = await client.upload(first);
  const lines = [uriOf('cats/c.jpg'), upload_id, uriOf('cats/missing.jpg')];
  const manifest = await client.upload(Uint8Array.from(Buffer.from(`${lines.join('\n')}\n`)), 'text/plain');

  const job = await run({ manifest });

  expect(job).toMatchObject({ status: 'succeeded', counts: { total: 3, succeeded: 2, failed: 1 } });
  const results = await client.results(job.job_id);
  expect(results.map(({ input }) => input)).toEqual([{ s3: lines[0] }, { upload_id }, { s3: lines[2] }]);
  expect(results[2]).toMatchObject({ problem: { code: expect.any(String) } });
});
