import { expect, test } from 'vitest';
import { startServer } from '../../lambda/http/server/server.ts';
import { folderJobs } from '../support/folder-jobs.ts';
import { head, talk } from './support.ts';

test('a client that stalls in the middle of an upload is answered when the server stops, and does not hold it up', async () => {
  const jobs = await folderJobs();
  const server = await startServer(jobs.app, { ...jobs.config.server, port: 0 });
  const response = await fetch(`${server.url}/uploads`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ bytes: 1_000_000 }),
  });
  const { url } = (await response.json()) as { url: string };
  const { pathname, search } = new URL(url);
  const start = head('PUT', `${pathname}${search}`, [
    ['content-length', '1000000'],
    ['content-type', 'application/octet-stream'],
  ]);
  const answer = talk(Number(new URL(server.url).port), [start, Buffer.alloc(32 * 1024)]);
  await expect.poll(() => jobs.budgets.bodies.used()).toBeGreaterThan(0);
  const drained = server.drain({ noticeMs: 0 });
  expect((await answer).status).toBe(408);
  await drained;
  expect(jobs.budgets.bodies.used()).toBe(0);
  await jobs.close();
}, 20_000);
