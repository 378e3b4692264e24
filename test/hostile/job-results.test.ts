import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../lambda/http/server/server.ts';
import { type FolderJobs, folderJobs } from '../support/folder-jobs.ts';
import { jobClient } from '../support/job-client.ts';
import { cat } from './support.ts';

/** With a thousand classes each, they are more than the kernel keeps for a client that does not read. */
const INPUTS = 100;
/** One address may have 16 of the 32 that a server of this size sends at a time. */
const READERS = 15;
const MOST_FOR_A_READER = 256 * 1024;
const SOON = { timeout: 15_000 };

let jobs: FolderJobs;
let server: RunningServer;
let path: string;
beforeAll(async () => {
  jobs = await folderJobs({ MEMORY_LIMIT_MIB: '512' });
  server = await startServer(jobs.app, { ...jobs.config.server, port: 0 });
  const client = jobClient(server.url);
  const upload_id = await client.upload(cat);
  const response = await fetch(`${server.url}/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ inputs: Array.from({ length: INPUTS }, () => ({ upload_id })), top_k: 1000 }),
  });
  const { job_id } = (await response.json()) as { job_id: string };
  expect(await client.ended(job_id)).toMatchObject({ status: 'succeeded', counts: { succeeded: INPUTS } });
  path = `/jobs/${job_id}/results`;
}, 60_000);
afterAll(async () => {
  await server?.drain({ noticeMs: 0 });
  await jobs?.close();
});

const used = () => jobs.budgets.bodies.used();

async function ask(method: string): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1').pause();
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(`${method} ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  return socket;
}

test('clients that do not read their results hold little memory, which is reserved, until they leave', async () => {
  const silent = await Promise.all(Array.from({ length: READERS }, () => ask('GET')));
  await expect.poll(used, SOON).toBe(READERS * MOST_FOR_A_READER);
  expect((await fetch(`${server.url}/predict`, { method: 'POST', body: cat })).status).toBe(200);
  // Another client gets all of its lines meanwhile.
  const text = await (await fetch(`${server.url}${path}`)).text();
  expect(text.trim().split('\n')).toHaveLength(INPUTS);
  expect(text.length).toBeGreaterThan(INPUTS * 90_000);
  await expect.poll(used, SOON).toBe(READERS * MOST_FOR_A_READER);
  for (const socket of silent) socket.destroy();
  await expect.poll(used, SOON).toBe(0);
}, 60_000);

test('clients that leave before the answer begins hold nothing', async () => {
  for (let count = 0; count < 100; count += 1) (await ask('GET')).destroy();
  await expect.poll(used, SOON).toBe(0);
}, 60_000);

test('HEAD holds nothing', async () => {
  const response = await fetch(`${server.url}${path}`, { method: 'HEAD' });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  expect(used()).toBe(0);
});
