import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServiceProcess, startProcess } from '../support/process.ts';
import { cat, head, talk } from './support.ts';

const TOKEN = 'correct-horse-battery-staple';

let service: ServiceProcess;
let port: number;
beforeAll(async () => {
  const settings = { PORT: '0', HOST: '::', MODELS: 'resnet50', ADMIN_TOKEN: TOKEN };
  service = startProcess(['lambda/server.ts'], settings);
  const { message } = await service.logged((line) => String(line['message']).startsWith('Ready on '));
  port = Number(new URL(String(message).slice('Ready on '.length)).port);
});
afterAll(async () => {
  service.process.kill('SIGKILL');
  await service.exitCode;
});

const statusOf = async (request: string) => (await talk(port, [request])).status;

describe('a client on the same machine', () => {
  test('is let in', async () => {
    expect(await statusOf(head('GET', '/metrics', []))).toBe(200);
  });

  test.each([
    ['a name that resolves to it', 'GET /metrics HTTP/1.1\r\nhost: evil.example\r\n'],
    ['a name that begins like it', 'GET /metrics HTTP/1.1\r\nhost: localhost.evil.example\r\n'],
    ['an address in a name', 'GET /metrics HTTP/1.1\r\nhost: 127.0.0.1.evil.example\r\n'],
    ['a host with credentials', 'GET /metrics HTTP/1.1\r\nhost: localhost@evil.example\r\n'],
    ['an empty host', 'GET /metrics HTTP/1.1\r\nhost: \r\n'],
    ['two hosts', 'GET /metrics HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\n'],
    ['no host', 'GET /metrics HTTP/1.1\r\n'],
    ['no host in HTTP/1.0', 'GET /metrics HTTP/1.0\r\n'],
    ['HTTP/1.0, as nginx speaks', 'GET /metrics HTTP/1.0\r\nhost: 127.0.0.1:8080\r\n'],
    ['another host in the target', 'GET http://evil.example/metrics HTTP/1.1\r\nhost: localhost\r\n'],
    ['another host than in the target', 'GET http://localhost/metrics HTTP/1.1\r\nhost: evil.example\r\n'],
    ['a header of a proxy', 'GET /metrics HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: 127.0.0.1\r\n'],
    [
      'two of them',
      'GET /metrics HTTP/1.1\r\nhost: localhost\r\nX-Forwarded-For: \r\nx-forwarded-for: ::1\r\n',
    ],
    ['one with an underscore', 'GET /metrics HTTP/1.1\r\nhost: localhost\r\nX_Forwarded_For: 10.0.0.1\r\n'],
    ['one with a space', 'GET /metrics HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for : 10.0.0.1\r\n'],
    [
      'one on a continued line',
      'GET /metrics HTTP/1.1\r\nhost: localhost\r\nx: y\r\n x-forwarded-for: z\r\nvia: 1.1 a\r\n',
    ],
    [
      'one that is called hop-by-hop',
      'GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: x-real-ip\r\nx-real-ip: ::1\r\n',
    ],
  ])('is not let in with %s', async (_what, request) => {
    const { status, text } = await talk(port, [`${request}connection: close\r\n\r\n`]);
    expect([400, 401, 403]).toContain(status);
    expect(text).not.toContain('classifier_');
  });
});

test('guesses of the token fail, whatever their length', async () => {
  const guesses = [
    '',
    'x',
    TOKEN.slice(0, -1),
    `${TOKEN}${TOKEN}`,
    `${TOKEN}\t`,
    'x'.repeat(4000),
    '\u00e9'.repeat(28),
  ];
  for (const guess of guesses) {
    const request = head('GET', '/metrics', [['authorization', `Bearer x${guess}`]]);
    expect(await statusOf(request)).toBe(401);
  }
  const twice = head('GET', '/metrics', [
    ['authorization', 'Bearer wrong-wrong-wrong-wrong'],
    ['authorization', `Bearer ${TOKEN}`],
  ]);
  expect(await statusOf(twice)).toBe(401);
});

/** A viewer that reads only the status line. */
async function view(): Promise<{ status: number; socket: Socket }> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write('GET /live/events HTTP/1.1\r\nhost: localhost\r\n\r\n');
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  return { status: Number(chunk.toString('latin1').slice(9, 12)), socket };
}

test('of a hundred viewers that read nothing, eight are let in, and predictions go on', async () => {
  const viewers: Awaited<ReturnType<typeof view>>[] = [];
  for (let count = 0; count < 100; count += 1) viewers.push(await view());
  expect(viewers.filter(({ status }) => status === 200)).toHaveLength(8);
  expect(viewers.filter(({ status }) => status === 503)).toHaveLength(92);
  const length = ['content-length', String(cat.length)] as const;
  expect((await talk(port, [head('POST', '/predict', [length]), cat])).status).toBe(200);
  for (const { socket } of viewers) socket.destroy();
  await expect
    .poll(async () => {
      const { status, socket } = await view();
      socket.destroy();
      return status;
    })
    .toBe(200);
});

test('viewers that come and go leave nothing behind', async () => {
  for (let count = 0; count < 200; count += 1) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write('GET /live/events HTTP/1.1\r\nhost: localhost\r\n\r\n');
    socket.resetAndDestroy();
  }
  await expect
    .poll(async () => {
      const { status, socket } = await view();
      socket.destroy();
      return status;
    })
    .toBe(200);
});
