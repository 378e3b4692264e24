import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../lambda/http/server/server.ts';
import { fixedEngine, JOB } from '../../scripts/lib/openapi/fixed-engine.ts';
import { testApp } from '../support/app.ts';

const PIECES = 4000;
const PIECE = Buffer.alloc(64 * 1024, 'x');

let made = 0;
let isEnded = false;
let server: RunningServer;
beforeAll(async () => {
  const engine = fixedEngine([]);
  const results = async () => ({ kind: 'here' as const, pieces: pieces() });
  const { app, config } = testApp({ jobs: async () => ({ ...engine, jobs: { ...engine.jobs, results } }) });
  server = await startServer(app, { ...config.server, port: 0 });
});
afterAll(() => server.drain({ noticeMs: 0 }));

async function* pieces() {
  try {
    for (; made < PIECES; made += 1) yield PIECE;
  } finally {
    isEnded = true;
  }
}

// The results have 256 MB. The buffers of both systems hold a few.
test('results that a client does not read are not made, and end when it goes', async () => {
  const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1' });
  await once(socket, 'connect');
  socket.write(`GET /jobs/${JOB}/results HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  await once(socket, 'data');
  socket.pause();
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  socket.destroy();
  await expect.poll(() => isEnded).toBe(true);
  expect(made).toBeLessThan(PIECES / 2);
});
