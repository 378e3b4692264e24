import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../lambda/http/server/server.ts';
import { type FolderJobs, folderJobs } from '../support/folder-jobs.ts';
import { head, talk } from './support.ts';

const PIECE = Buffer.alloc(32 * 1024);
const PIECES = 12;

let jobs: FolderJobs;
let server: RunningServer;
beforeAll(async () => {
  jobs = await folderJobs({ REQUEST_TIMEOUT_MS: '1000' });
  server = await startServer(jobs.app, { ...jobs.config.server, port: 0 });
});
afterAll(async () => {
  await server?.drain({ noticeMs: 0 });
  await jobs?.close();
});

/** Takes two and a half seconds. */
async function* slowly(start: string) {
  yield start;
  for (let sent = 0; sent < PIECES; sent += 1) {
    yield PIECE;
    await sleep(200);
  }
}
const BYTES = PIECE.byteLength * PIECES;
const port = () => Number(new URL(server.url).port);

test('the file of an upload may take longer than another request', async () => {
  const response = await fetch(`${server.url}/uploads`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ bytes: BYTES }),
  });
  const { url } = (await response.json()) as { url: string };
  const { pathname, search } = new URL(url);
  const start = head('PUT', `${pathname}${search}`, [
    ['content-length', String(BYTES)],
    ['content-type', 'application/octet-stream'],
  ]);
  expect((await talk(port(), slowly(start))).status).toBe(204);
}, 20_000);

test.each(['keep-alive', 'close'])(
  'a request whose body takes too long is over when it is answered, and holds no memory (%s)',
  async (connection) => {
    const start = head('POST', '/predict', [['content-length', String(10 * BYTES)]]).replace(
      'close',
      connection,
    );
    expect((await talk(port(), slowly(start))).status).toBe(504);
    await expect.poll(() => jobs.budgets.bodies.used()).toBe(0);
  },
  20_000,
);
