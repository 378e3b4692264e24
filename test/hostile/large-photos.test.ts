import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../lambda/http/server/server.ts';
import { type FolderJobs, folderJobs } from '../support/folder-jobs.ts';
import { jobClient } from '../support/job-client.ts';
import { cat } from './support.ts';

let jobs: FolderJobs;
let server: RunningServer;
/** As large as is accepted. That is not much more than a power of two. */
let photo: Buffer<ArrayBuffer>;
beforeAll(async () => {
  jobs = await folderJobs({ MEMORY_LIMIT_MIB: '460' });
  server = await startServer(jobs.app, { ...jobs.config.server, port: 0 });
  photo = Buffer.alloc(jobs.config.budgets.memory.maxBodyBytes);
  photo.set(cat);
});
afterAll(async () => {
  await server?.drain({ noticeMs: 0 });
  await jobs?.close();
});

const classify = async (body: Uint8Array<ArrayBuffer> | string) =>
  (
    await fetch(`${server.url}/predict`, {
      method: 'POST',
      headers: { 'content-type': typeof body === 'string' ? 'application/json' : 'image/jpeg' },
      body,
    })
  ).status;

test('with little memory the largest photo can be classified, in each way that it can be sent', async () => {
  expect(await classify(photo)).toBe(200);
  const upload_id = await jobClient(server.url).upload(photo);
  expect(await classify(JSON.stringify({ upload_id }))).toBe(200);
}, 30_000);

test('a job of such photos leaves memory for others', async () => {
  const client = jobClient(server.url);
  const upload_id = await client.upload(photo);
  const { job_id } = await client.createJob(Array.from({ length: 20 }, () => upload_id));
  expect(await classify(JSON.stringify({ upload_id }))).toBe(200);
  expect(await client.ended(job_id)).toMatchObject({ status: 'succeeded', counts: { succeeded: 20 } });
}, 60_000);
