import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cat, type HostileService, head, startHostileService, talk } from './support.ts';

const MAX_CONNECTIONS = 20;

let service: HostileService;
beforeAll(async () => {
  service = await startHostileService({
    MAX_CONNECTIONS: String(MAX_CONNECTIONS),
    MAX_ADDRESS_PERCENT: '50',
  });
});
afterAll(async () => {
  await service.stop();
});

/** From different addresses, so that no address exceeds its share. */
async function open(index: number, text: string): Promise<Socket> {
  const socket = connect({
    port: service.port,
    host: '127.0.0.1',
    localAddress: `127.0.0.${2 + (index % 10)}`,
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  if (text) socket.write(text);
  return socket;
}

async function classify(): Promise<number> {
  const length = ['content-length', String(cat.length)] as const;
  return (await talk(service.port, [head('POST', '/predict', [length]), cat])).status;
}

test.each([
  ['nothing', ''],
  ['half of their headers', 'POST /predict HTTP/1.1\r\nhost: localhost\r\nx: '],
  ['one request, long ago', 'GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n'],
])('many connections that have sent %s do not keep others out', async (_what, text) => {
  const sockets: Socket[] = [];
  for (let index = 0; index < 3 * MAX_CONNECTIONS; index += 1) sockets.push(await open(index, text));
  for (let round = 0; round < 3; round += 1) expect(await classify()).toBe(200);
  for (const socket of sockets) socket.destroy();
});

test('connections whose requests send nothing are closed one by one with a response', {
  timeout: 30_000,
}, async () => {
  const request = head('POST', '/predict', [
    ['content-length', '100000'],
    ['expect', '100-continue'],
  ]);
  const sockets: Socket[] = [];
  for (let index = 0; index < MAX_CONNECTIONS; index += 1) {
    const socket = await open(index, request);
    // The 100 Continue shows that the server has seen the request.
    await once(socket, 'data');
    sockets.push(socket);
  }
  const answers = sockets.map(async (socket) => String((await once(socket, 'data'))[0]));
  // In the first second a body does not count as slow.
  await expect.poll(classify, { timeout: 10_000 }).toBe(200);
  expect(await Promise.race(answers)).toMatch(/^HTTP\/1\.1 408 /);
  for (const socket of sockets) socket.destroy();
  await expect.poll(classify).toBe(200);
});
