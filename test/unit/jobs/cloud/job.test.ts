import { expect, test } from 'vitest';
import type { JobRequest } from '../../../../lambda/jobs/engine.ts';
import { ownerOf, type UploadId } from '../../../../lambda/jobs/ids.ts';
import { createMemoryCloud } from '../../../support/memory-cloud.ts';
import { readRepositoryFile } from '../../../support/model.ts';

const BASE = 'https://api.example/';
const owner = ownerOf('alice');

const request = (source: JobRequest['source']): JobRequest => ({
  source,
  options: { topK: 1, explain: 0 },
  model: undefined,
  webhook: undefined,
});

test('a job of an upload and a text is done in order', async () => {
  const cloud = createMemoryCloud();
  const upload = async (bytes: Uint8Array<ArrayBuffer>): Promise<UploadId> => {
    const target = await cloud.engine.uploads.create(
      owner,
      { bytes: bytes.byteLength, contentType: 'image/jpeg' },
      BASE,
    );
    const answer = await cloud.request(target.url, { method: 'PUT', body: bytes, headers: target.headers });
    expect(answer.status).toBe(200);
    return target.id;
  };
  const photo = await upload(readRepositoryFile('examples/cat.jpg'));
  const text = await upload(new TextEncoder().encode('not a photo'));
  const job = await cloud.engine.jobs.create(
    owner,
    request({ kind: 'inputs', inputs: [{ upload_id: photo }, { upload_id: text }] }),
    undefined,
    BASE,
  );
  expect(job).toMatchObject({ status: 'queued', counts: { total: 2, pending: 2 } });
  await cloud.settle();
  const ended = await cloud.engine.jobs.find(owner, job.id, BASE);
  expect(ended).toMatchObject({
    status: 'succeeded',
    counts: { total: 2, succeeded: 1, failed: 1, pending: 0 },
  });
  const results = await cloud.engine.jobs.results(owner, job.id, 1);
  if (results.kind !== 'elsewhere') throw new Error('expected a URL');
  const lines = (await (await cloud.request(results.url)).text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { index: 0, input: { upload_id: photo }, predictions: [{ index: 7 }] },
    { index: 1, input: { upload_id: text }, problem: { code: 'unsupported_media_type' } },
  ]);
});
