import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { giant } from './giants.ts';
import { cat, type HostileService, head, MIB, raw, startHostileService, talk } from './support.ts';

/** The memory in compose.yaml and of a function with one vCPU. */
const MEMORY_MIB = 1769;
/** For bodies: budgets.ts gives them a quarter of what the process leaves. */
const BODY_BYTES = ((MEMORY_MIB - 320) / 4) * MIB;
const LONGEST_TICK_MS = 500;

let service: HostileService;
let baselineBytes: number;
beforeEach(async () => {
  service = await startHostileService({ MEMORY_LIMIT_MIB: String(MEMORY_MIB) });
  await service.expectAlive();
  baselineBytes = (await service.stats()).peakRssBytes;
});
afterEach(() => service.stop());

const addedBytes = async () => (await service.stats()).peakRssBytes - baselineBytes;
const photo = () => service.post('/predict', raw(cat), 'a photo meanwhile');
const length = (bytes: number) => ['content-length', String(bytes)] as const;
const CHUNKED = ['transfer-encoding', 'chunked'] as const;

/** Clients from more addresses than can each have a full share. */
const addressOf = (client: number): string => `127.0.0.${2 + (client % 10)}`;

describe('one request', () => {
  test('in chunks of one byte is ended before it takes memory or time', { timeout: 60_000 }, async () => {
    const chunks = Buffer.from('1\r\nx\r\n'.repeat(10_000));
    let sent = 0;
    function* body() {
      yield head('POST', '/predict', [CHUNKED]);
      for (; sent < 2_000_000; sent += 10_000) yield chunks;
    }
    await talk(service.port, body());
    expect(sent).toBeLessThan(1_000_000);
    expect(await addedBytes()).toBeLessThan(100 * MIB);
    expect((await service.stats()).longestTickMs).toBeLessThan(LONGEST_TICK_MS);
  });

  const filled = (start: string, piece: string, end: string) => () =>
    `${start}${piece.repeat(Math.floor(60_000_000 / piece.length))}${end}`;
  test.each([
    ['60 MB of empty objects', filled('{"images":[', '{},', '{}]}')],
    ['60 MB of names', filled('{', '"a":0,', '"a":0}')],
    ['60 MB of brackets', filled('', '[', '')],
    ['60 MB of escaped quotes', filled('{"images":["', '\\"', '"]}')],
    ['60 MB of escapes', filled('{"images":["', '\\u002b', '"]}')],
    ['60 MB of white space in base64', filled('{"images":["', ' A', '"]}')],
    ['60 MB of white space after a long string', filled(`{"images":["${'A'.repeat(5000)}"`, ' ', ']}')],
    ['60 MB of short strings', filled('{"images":[', '"AAAAAAAA",', '""]}')],
  ])(
    'JSON of %s takes no more memory than its body, and does not block the event loop',
    { timeout: 60_000 },
    async (_what, make) => {
      const { status } = await service.post('/predict/batch', raw(make(), 'application/json'));
      expect([200, 400]).toContain(status);
      expect(await addedBytes()).toBeLessThan(200 * MIB);
      expect((await service.stats()).longestTickMs).toBeLessThan(LONGEST_TICK_MS);
      await service.expectAlive();
    },
  );

  test('a form with a boundary that is hard to find does not block the event loop', {
    timeout: 60_000,
  }, async () => {
    const boundary = `${'-'.repeat(35)}${'a'.repeat(35)}`;
    const type = `multipart/form-data; boundary=${boundary}`;
    for (const filling of ['-', 'a', `\r\n--${boundary.slice(0, -1)}`]) {
      const start = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n`;
      const body = `${start}${filling.repeat(60_000_000 / filling.length)}`;
      expect((await service.post('/predict/batch', raw(body, type), filling)).status).toBe(400);
    }
    expect((await service.stats()).longestTickMs).toBeLessThan(LONGEST_TICK_MS);
  });
});

describe('many requests', () => {
  test('with bodies of 64 MB share the memory for bodies, and photos are served', {
    timeout: 90_000,
  }, async () => {
    const piece = Buffer.alloc(MIB);
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    async function* largeBody() {
      yield head('POST', '/predict/batch', [
        length(64_000_000),
        ['content-type', 'multipart/form-data; boundary=b'],
      ]);
      for (let sent = 0; sent < 60; sent += 1) yield piece;
      await finished;
    }
    const large = Array.from({ length: 32 }, (_, client) =>
      talk(service.port, largeBody(), { localAddress: addressOf(client), abortAfterMs: 0 }),
    );
    for (let round = 0; round < 10; round += 1) {
      expect((await photo()).status).toBe(200);
      await sleep(200);
    }
    finish();
    await Promise.all(large);
    // V8 keeps released memory until it collects, which it does under this pressure.
    expect(await addedBytes()).toBeLessThan(1.5 * BODY_BYTES);
    const whole = raw(Buffer.alloc(60_000_000), 'multipart/form-data; boundary=b');
    expect((await service.post('/predict/batch', whole)).status, 'all memory came back').toBe(400);
  });

  test('that send only one byte do not hold up others, and time out with a response', {
    timeout: 60_000,
  }, async () => {
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    async function* oneByte() {
      yield head('POST', '/predict', [length(cat.length)]);
      yield cat.subarray(0, 1);
      await finished;
    }
    const slow = Array.from({ length: 200 }, (_, client) =>
      talk(service.port, oneByte(), { localAddress: addressOf(client) }),
    );
    await sleep(200);
    for (let round = 0; round < 20; round += 1) expect((await photo()).status).toBe(200);
    // The clients keep waiting, so the server closes the connections.
    await sleep(7000);
    finish();
    const answers = await Promise.all(slow);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([408]));
    expect(answers[0]?.json).toMatchObject({ code: 'request_timeout' });
  });

  test('share one copy of a page file that nobody has asked for before', {
    timeout: 60_000,
  }, async () => {
    const asked = Array.from({ length: 300 }, (_, client) =>
      talk(service.port, [head('GET', '/docs/swagger-ui.js', [])], {
        localAddress: addressOf(client),
        abortAfterMs: 2000,
      }),
    );
    await Promise.all(asked);
    expect(await addedBytes()).toBeLessThan(150 * MIB);
  });

  test('are not worked on once their clients have given up', { timeout: 60_000 }, async () => {
    const image = Buffer.from(await giant('png 7071 x 7071, 16 bits, alpha')).toString('base64');
    const body = JSON.stringify({ images: Array.from({ length: 3 }, () => image) });
    const whole = await service.stats();
    expect((await service.post('/predict/batch', raw(body, 'application/json'))).status).toBe(200);
    const servedMs = (await service.stats()).cpuMs - whole.cpuMs;

    const before = await service.stats();
    const abandoned = Array.from({ length: 8 }, () =>
      talk(
        service.port,
        [head('POST', '/predict/batch', [length(body.length), ['content-type', 'application/json']]), body],
        { abortAfterMs: 300 },
      ),
    );
    await Promise.all(abandoned);
    expect((await photo()).status).toBe(200);
    // Decoders finish the images that they have begun. All images would take seven times as long.
    await sleep(servedMs);
    expect((await service.stats()).cpuMs - before.cpuMs).toBeLessThan(2 * servedMs);
  });
});
