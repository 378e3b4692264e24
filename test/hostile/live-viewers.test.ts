import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { serveAdmin } from '../../lambda/http/admin/routes.ts';
import { createViewers, MAX_UNREAD, type Viewers } from '../../lambda/http/admin/viewers.ts';
import { type RunningServer, startServer } from '../../lambda/http/server/server.ts';
import type { LiveEvent } from '../../lambda/telemetry/live/live.ts';
import { testApp } from '../support/app.ts';

/** More than the kernel keeps for a connection whose client does not read. */
const HISTORY = `"${'x'.repeat(32 * 2 ** 20)}"`;
/** Shorter than the 8.5 s after which the server ends every connection. */
const SOON_MS = 5000;

const listeners = new Set<(event: LiveEvent) => void>();
let viewers: Viewers;
let server: RunningServer;
let silent: Socket;

async function connectViewer(): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1').pause();
  socket.on('error', () => {});
  await once(socket, 'connect');
  const before = listeners.size;
  socket.write('GET /live/events HTTP/1.1\r\nhost: localhost\r\n\r\n');
  while (listeners.size === before) await nextTurn();
  return socket;
}

beforeEach(async () => {
  viewers = createViewers({
    soFar: () => [{ name: 'history', data: HISTORY }],
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  const { app, config } = testApp(
    {
      addAdminRoutes: (routes) =>
        serveAdmin(routes, {
          settings: { audience: 'loopback', token: undefined },
          viewers,
          prometheus: { scrape: async () => '' },
        }),
    },
    { PORT: '0' },
  );
  server = await startServer(app, config.server);
  silent = await connectViewer();
});
afterEach(async () => {
  vi.useRealTimers();
  silent.destroy();
  await server.drain({ noticeMs: 0 });
});

test('a viewer that reads nothing is disconnected after a few events', async () => {
  for (let second = 0; second < 2 * MAX_UNREAD; second += 1) {
    for (const listener of [...listeners]) listener({ name: 'second', data: '{}' });
    await sleep(1);
  }
  expect(listeners.size).toBe(0);
  silent.resume();
  await once(silent, 'close');
  expect(silent.bytesRead).toBeLessThan(HISTORY.length);
});

test('a viewer that reads nothing does not keep the server from stopping', async () => {
  const stopped = server.drain({ noticeMs: 0 }).then(() => 'stopped');
  viewers.endAll();
  expect(await Promise.race([stopped, sleep(SOON_MS, 'still running')])).toBe('stopped');
});

test('a viewer that reads may watch for longer than other answers may take to be read', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const viewer = await connectViewer();
  vi.advanceTimersByTime(60 * 60 * 1000);
  let text = '';
  viewer.setEncoding('latin1').on('data', (chunk) => {
    text = (text + chunk).slice(-100);
  });
  viewer.resume();
  for (const listener of [...listeners]) listener({ name: 'second', data: '{"t":1}' });
  while (!text.includes('data: {"t":1}') && !viewer.destroyed) await nextTurn();
  expect(text).toContain('event: second');
  viewer.destroy();
});
