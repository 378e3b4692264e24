import { afterAll, beforeAll, expect, test } from 'vitest';
import { cat, type HostileService, head, startHostileService, talk } from './support.ts';

let service: HostileService;
beforeAll(async () => {
  service = await startHostileService();
});
afterAll(async () => {
  await service.expectAlive();
  await service.stop();
});

const CHUNKED = head('POST', '/predict', [['transfer-encoding', 'chunked']]);

function inChunks(bytes: Uint8Array, size: number): Buffer {
  const pieces: (Uint8Array | string)[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    pieces.push(`${piece.length.toString(16)}\r\n`, piece, '\r\n');
  }
  return Buffer.concat([...pieces, '0\r\n\r\n'].map((piece) => Buffer.from(piece)));
}

test('chunks as long as a line of base64 are accepted', async () => {
  const answer = await talk(service.port, [CHUNKED, inChunks(cat, 64)]);
  expect(answer).toMatchObject({ status: 200, json: { image: { width: 451 } } });
});

test('a connection that sends chunks of one byte is closed', async () => {
  const answer = await talk(service.port, [CHUNKED, inChunks(cat, 1)]);
  expect(answer.status).toBe(0);
  expect((await service.stats()).statuses).toMatchObject({ 400: 1 });
});

test('many such connections at once do not block the event loop', { timeout: 30_000 }, async () => {
  const attack = [CHUNKED, Buffer.from('1\r\nx\r\n'.repeat(20_000))];
  const { promise: go, resolve: start } = Promise.withResolvers<void>();
  async function* together() {
    yield 'POST /predict HTTP/1.1\r\n';
    await go;
    yield* attack.map((piece) =>
      typeof piece === 'string' ? piece.slice('POST /predict HTTP/1.1\r\n'.length) : piece,
    );
  }
  const clients = Array.from({ length: 200 }, (_, client) =>
    talk(service.port, together(), { localAddress: `127.0.0.${2 + (client % 19)}` }),
  );
  await service.expectAlive();
  start();
  await Promise.all(clients);
  expect((await service.stats()).longestTickMs).toBeLessThan(500);
});
