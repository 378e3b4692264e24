import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cat, type HostileService, head, MIB, startHostileService, talk } from './support.ts';

let service: HostileService;
beforeAll(async () => {
  service = await startHostileService({
    MAX_IMAGE_BYTES: '1000000',
    MAX_BODY_BYTES: '2000000',
  });
  await service.expectAlive();
});
afterAll(async () => {
  await service.expectAlive();
  await service.stop();
});

const post = (...headers: readonly (readonly [string, string])[]) => head('POST', '/predict', headers);
const length = (bytes: number | string) => ['content-length', String(bytes)] as const;
const CHUNKED = ['transfer-encoding', 'chunked'] as const;
const chunk = (data: Uint8Array | string) =>
  Buffer.concat([
    Buffer.from(`${data.length.toString(16)}\r\n`),
    Buffer.from(data as string),
    Buffer.from('\r\n'),
  ]);

test('the request that the other tests damage is accepted', async () => {
  expect(await talk(service.port, [post(length(cat.length)), cat])).toMatchObject({ status: 200 });
  expect(await talk(service.port, [post(CHUNKED), chunk(cat), '0\r\n\r\n'])).toMatchObject({ status: 200 });
});

describe('a Content-Length that does not match the body', () => {
  test('longer than the body, then the client closes', async () => {
    const answer = await talk(service.port, [post(length(cat.length + 1)), cat], { end: true });
    expect([0, 400]).toContain(answer.status);
  });

  test('shorter than the body: the rest is not a second request', async () => {
    const answer = await talk(service.port, [post(length(cat.length - 1000)), cat]);
    expect([400, 422]).toContain(answer.status);
    expect(answer.text.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
  });

  test.each([
    '-1',
    '+5',
    '5x',
    '0x10',
    '1e3',
    '',
    ' ',
    '5, 5',
    '5, 6',
    '9'.repeat(30),
    '18446744073709551617',
  ])('content-length %j is refused by the HTTP parser', async (value) => {
    expect((await talk(service.port, [post(length(value)), cat], { end: true })).status).toBe(400);
  });

  test('two lengths', async () => {
    const answer = await talk(service.port, [post(length(5), length(cat.length)), cat]);
    expect(answer.status).toBe(400);
  });

  test('no length and no chunks means no body', async () => {
    const answer = await talk(service.port, [post()], { end: true });
    expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
  });

  test.each([1_000_001, 20_000_000_000, Number.MAX_SAFE_INTEGER])(
    '%i bytes announced: 413 before any of them is sent',
    async (bytes) => {
      const answer = await talk(service.port, [post(length(bytes))]);
      expect(answer).toMatchObject({ status: 413, json: { code: 'image_too_large' } });
    },
  );
});

describe('two conflicting lengths, as in request smuggling, are refused', () => {
  const hidden = 'GET /model HTTP/1.1\r\nhost: localhost\r\n\r\n';
  test.each([
    ['length and chunks', [length(4), CHUNKED]],
    ['chunks and length', [CHUNKED, length(4)]],
    ['chunks with a space before the colon', [['transfer-encoding ', 'chunked'], length(4)]],
    ['chunks on a folded line', [['transfer-encoding', '\r\n chunked'], length(4)]],
    ['chunks with another name', [['transfer-encoding', 'xchunked'], length(4)]],
    ['chunks that are not last', [['transfer-encoding', 'chunked, identity']]],
    ['chunks after another coding', [['transfer-encoding', 'gzip, chunked'], length(4)]],
    ['identity', [['transfer-encoding', 'identity'], length(4)]],
    ['chunks twice', [CHUNKED, CHUNKED, length(4)]],
  ] as readonly (readonly [string, (readonly [string, string])[]])[])('%s', async (_what, headers) => {
    const request = head('POST', '/predict', headers).replace('connection: close\r\n', '');
    const answer = await talk(service.port, [request, `0\r\n\r\n${hidden}`], { end: true });
    expect(answer.status).toBe(400);
    expect(answer.text, 'the hidden request is not answered').not.toContain('preprocessing');
  });
});

describe('chunks', () => {
  test.each([
    ['no size', '\r\n'],
    ['a size that is not a number', 'zz\r\nhello\r\n'],
    ['a negative size', '-5\r\nhello\r\n'],
    ['a size with 0x', '0x5\r\nhello\r\n'],
    ['a size that overflows', `${'f'.repeat(20)}\r\nhello\r\n`],
    ['less data than the size says', '5\r\nhell\r\n0\r\n\r\n'],
    ['more data than the size says', '5\r\nhello you\r\n0\r\n\r\n'],
    ['LF instead of CRLF', '5\nhello\n0\n\n'],
    ['a chunk extension of 100 KB', `5;${'x'.repeat(100_000)}\r\nhello\r\n0\r\n\r\n`],
    ['trailers of 100 KB', `5\r\nhello\r\n0\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`],
    ['no last chunk', '5\r\nhello\r\n'],
  ])('%s', async (_what, body) => {
    const answer = await talk(service.port, [post(CHUNKED), body], { end: true });
    expect([0, 400, 413, 415, 431]).toContain(answer.status);
  });

  test('an endless stream is ended at the limit, in bounded memory', async () => {
    const before = (await service.stats()).peakRssBytes;
    const piece = chunk(Buffer.alloc(65_536));
    let sent = 0;
    function* endless() {
      yield post(CHUNKED);
      for (; sent < 2000 * MIB; sent += piece.length) yield piece;
    }
    const answer = await talk(service.port, endless());
    expect([0, 413]).toContain(answer.status);
    expect(sent, 'bytes that the server took').toBeLessThan(100 * MIB);
    expect((await service.stats()).peakRssBytes - before).toBeLessThan(100 * MIB);
  });
});

describe('clients that stop sending', () => {
  test('in the middle of the body: not counted as a failure of the service', async () => {
    const pieces = [post(length(cat.length)), cat.subarray(0, 1000)];
    const aborted = Array.from({ length: 20 }, (_, index) =>
      talk(service.port, pieces, { abortAfterMs: index * 5 }),
    );
    await Promise.all(aborted);
    await sleep(50);
    const { statuses, failures } = await service.stats();
    expect(failures).toEqual([]);
    expect(Object.keys(statuses).every((status) => Number(status) < 500)).toBe(true);
  });

  test('after the body, before the response', async () => {
    const pieces = [post(length(cat.length)), cat];
    await Promise.all(Array.from({ length: 7 }, () => talk(service.port, pieces, { abortAfterMs: 1 })));
    await service.expectAlive();
  });

  test('and never continue: other clients are still served', async () => {
    const { signal, finish } = openUntilFinished();
    const slow = Array.from({ length: 5 }, () =>
      talk(service.port, drip([post(length(cat.length)), cat.subarray(0, 100)], signal), { abortAfterMs: 0 }),
    );
    await sleep(50);
    for (let round = 0; round < 5; round += 1) await service.expectAlive();
    finish();
    await Promise.all(slow);
  });

  test('in their headers, many at once: other clients are still served', async () => {
    const { signal, finish } = openUntilFinished();
    const slow = Array.from({ length: 200 }, () =>
      talk(service.port, drip(['POST /predict HTTP/1.1\r\nhost: localhost\r\nx: '], signal), {
        abortAfterMs: 0,
      }),
    );
    await sleep(50);
    await service.expectAlive();
    finish();
    await Promise.all(slow);
  });
});

function openUntilFinished() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { signal: promise, finish: resolve };
}

/** Sends the start of a request, then nothing until the signal aborts. */
async function* drip(start: readonly (string | Uint8Array)[], signal: Promise<void>) {
  yield* start;
  await signal;
}
