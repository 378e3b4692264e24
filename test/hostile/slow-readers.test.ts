import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../lambda/http/server/server.ts';
import { fixedEngine, JOB } from '../../scripts/lib/openapi/fixed-engine.ts';
import { testApp } from '../support/app.ts';

const MAX_CONNECTIONS = 20;
const MAX_STREAMS = 5;
const PIECE = Buffer.alloc(64 * 1024, 'x');
/** The speed of a reader is known after two windows of 5 s at the most. */
const SOON = { timeout: 20_000, interval: 500 };

let server: RunningServer;
const sockets: Socket[] = [];
beforeAll(async () => {
  const engine = fixedEngine([]);
  const jobs = {
    ...engine.jobs,
    results: async () => ({ kind: 'here' as const, pieces: endless() }),
    find: () => new Promise<never>(() => {}),
  };
  const { app, config } = testApp({ jobs: async () => ({ ...engine, jobs }) });
  server = await startServer(app, {
    ...config.server,
    port: 0,
    maxConnections: MAX_CONNECTIONS,
    addressShare: 0.5,
  });
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await server.drain({ noticeMs: 0 });
});

async function* endless() {
  for (;;) {
    yield PIECE;
    await sleep(1);
  }
}

/** Sends a request from `127.0.0.ADDRESS`. @returns the status, and reads no more of the answer. */
async function ask(path: string, address: number): Promise<{ status: number; socket: Socket }> {
  const { port } = new URL(server.url);
  const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: `127.0.0.${address}` });
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
  const [data] = await once(socket, 'data');
  socket.pause();
  return { status: Number(String(data).slice(9, 12)), socket };
}
const results = async (address: number) => (await ask(`/jobs/${JOB}/results`, address)).status;
const health = async (address: number) => (await ask('/health', address)).status;

test('clients that read their results slowly keep nobody out', async () => {
  // One address gets its share, and all together get theirs.
  expect([await results(2), await results(2), await results(2)]).toEqual([200, 200, 503]);
  expect([await results(3), await results(3), await results(4), await results(5)]).toEqual([
    200, 200, 200, 503,
  ]);
  expect(await health(6)).toBe(200);

  // Others get the places of those that are slow by then.
  await expect.poll(() => results(5), SOON).toBe(200);

  // Requests that wait take the other connections. The next one gets that of a slow reader.
  for (let index = 0; index < MAX_CONNECTIONS - MAX_STREAMS; index += 1) {
    void ask(`/jobs/${JOB}`, 10 + (index % 8)).catch(() => {});
  }
  await sleep(100);
  await expect.poll(() => health(30), SOON).toBe(200);
}, 60_000);
