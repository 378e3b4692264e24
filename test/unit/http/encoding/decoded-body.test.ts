import { randomBytes } from 'node:crypto';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGate } from '../../../../lambda/budget/gate.ts';
import type { BodySource } from '../../../../lambda/http/body/source.ts';
import { withDecodedBody } from '../../../../lambda/http/encoding/decoded-body.ts';

const MIB = 2 ** 20;
const gateOf = (capacity = 64 * MIB, maxWaitMs = 60_000) =>
  createGate({ capacity, maxWaiting: 64, maxWaitMs, refusal: 'full' });

/** A body of these pieces. `sent` counts those that were taken. */
function bodyOf(
  pieces: Iterable<Uint8Array>,
  headers: Record<string, string>,
  signal = new AbortController().signal,
) {
  const source: BodySource = {
    headers: new Headers(headers),
    owner: undefined,
    signal,
    read: async (take) => {
      for (const piece of pieces) {
        await take(piece);
        body.sent += 1;
      }
    },
  };
  const body = { source, sent: 0 };
  return body;
}

const gzipped = (...pieces: Uint8Array[]) => bodyOf(pieces, { 'content-encoding': 'gzip' }).source;
const copied = async (body: Uint8Array) => Buffer.from(body);
const decode = (source: BodySource, { gate = gateOf(), maxBytes = 4 * MIB } = {}) =>
  withDecodedBody(source, { gate, maxBytes }, copied);

function* split(bytes: Uint8Array, sizes: readonly number[]) {
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** Of any size around that of a block, some of it hard to compress. */
const content = fc
  .tuple(fc.uint8Array({ maxLength: 40_000, size: 'max' }), fc.nat(80_000))
  .map(([noise, zeros]) => Buffer.concat([noise, Buffer.alloc(zeros), noise]));
const sizes = fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 4 });

describe('a body with a content coding', () => {
  test.each([
    ['gzip', gzipSync],
    [' GZip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['identity, deflate', deflateSync],
    ['identity', Buffer.from],
    ['', Buffer.from],
  ] as const)('%s is decoded, however it is split into pieces', async (coding, encode) => {
    await fc.assert(
      fc.asyncProperty(content, sizes, async (bytes, pieceSizes) => {
        const sent = encode(bytes);
        const { source } = bodyOf(split(sent, pieceSizes), {
          'content-encoding': coding,
          'content-length': String(sent.length),
        });
        expect(Buffer.compare(await decode(source), bytes)).toBe(0);
      }),
      { numRuns: 15 },
    );
  });

  const large = randomBytes(40_000);
  test.each([1, 7, gzipSync(large).length, 100_000])(
    'of several gzip members in pieces of %i bytes is decoded whole',
    async (size) => {
      const members = [large, large, Buffer.alloc(0), Buffer.from('three'), large];
      const sent = Buffer.concat(members.map((member) => gzipSync(member)));
      const { source } = bodyOf(split(sent, [size]), { 'content-encoding': 'gzip' });
      expect(Buffer.compare(await decode(source), Buffer.concat(members))).toBe(0);
    },
  );

  test('may expand to exactly the limit', async () => {
    const bytes = Buffer.alloc(MIB, 7);
    expect(await decode(gzipped(gzipSync(bytes)), { maxBytes: MIB })).toHaveLength(MIB);
    await expect(decode(gzipped(gzipSync(bytes)), { maxBytes: MIB - 1 })).rejects.toMatchObject({
      code: 'image_too_large',
      detail: 'Expected a request body of at most 1048575 bytes after decompression, got more.',
    });
  });

  test('gives all its memory back', async () => {
    const gate = gateOf();
    await decode(gzipped(gzipSync(Buffer.alloc(MIB))), { gate });
    await expect(decode(gzipped(Buffer.from('no gzip')), { gate })).rejects.toThrow();
    expect(gate.used()).toBe(0);
  });
});

describe('a bomb', () => {
  const BOMB = gzipSync(Buffer.alloc(128 * MIB));

  test('is refused at the limit, and the rest of it is neither expanded nor read', async () => {
    const damagedLater = Buffer.from(BOMB);
    damagedLater.fill(0xff, BOMB.length / 2);
    const bomb = bodyOf(split(damagedLater, [20_000]), { 'content-encoding': 'gzip' });
    await expect(decode(bomb.source, { maxBytes: MIB })).rejects.toMatchObject({ code: 'image_too_large' });
    expect(bomb.sent).toBe(0);
  });

  test('takes no more memory than the limit, and many at once no more than there is', async () => {
    const gate = gateOf(8 * MIB, 20);
    let peak = 0;
    const watched = { ...gate, tryReserve: watch(gate.tryReserve), reserve: watch(gate.reserve) };
    function watch<Args extends unknown[], Result>(claim: (...args: Args) => Result) {
      return (...args: Args) => {
        const result = claim(...args);
        peak = Math.max(peak, gate.used());
        return result;
      };
    }
    const bombs = Array.from({ length: 16 }, () =>
      decode(gzipped(...split(BOMB, [50_000])), { gate: watched, maxBytes: 2 * MIB }),
    );
    for (const { status } of await Promise.allSettled(bombs)) expect(status).toBe('rejected');
    expect(peak).toBeGreaterThan(MIB);
    expect(peak).toBeLessThanOrEqual(8 * MIB);
    expect(gate.used()).toBe(0);
  });

  test('that expands to nothing is refused at the limit of what is sent', async () => {
    const nothing = gzipSync('');
    function* endless() {
      for (;;) yield Buffer.concat(Array.from({ length: 1000 }, () => nothing));
    }
    const bomb = bodyOf(endless(), { 'content-encoding': 'gzip' });
    await expect(decode(bomb.source, { maxBytes: MIB })).rejects.toMatchObject({
      code: 'image_too_large',
      detail: 'Expected a request body of at most 1048576 bytes, got more.',
    });
  });

  test('that is announced is refused before it is read', async () => {
    const bomb = bodyOf([BOMB], { 'content-encoding': 'gzip', 'content-length': '4194305' });
    await expect(decode(bomb.source)).rejects.toMatchObject({ code: 'image_too_large' });
    expect(bomb.sent).toBe(0);
  });
});

describe('a body that is not what its content coding says', () => {
  // Large enough that compressed data, and what follows it, are not joined to one block.
  const text = Buffer.concat([randomBytes(20_000), Buffer.from('some text '.repeat(2000))]);
  const gzip = gzipSync(text);
  const zlib = deflateSync(text);
  const wrongChecksum = Buffer.from(gzip);
  wrongChecksum.writeUInt32LE(1, gzip.length - 8);

  test.each<[string, 'gzip' | 'deflate', Buffer]>([
    ['nothing', 'gzip', Buffer.alloc(0)],
    ['nothing', 'deflate', Buffer.alloc(0)],
    ['plain text', 'gzip', text],
    ['plain text', 'deflate', text],
    ['zlib data', 'gzip', zlib],
    ['gzip data', 'deflate', gzip],
    ['bare deflate data', 'deflate', deflateRawSync(text)],
    ['a wrong checksum', 'gzip', wrongChecksum],
    ['zeros at the end', 'gzip', Buffer.concat([gzip, Buffer.alloc(512)])],
    ['many zeros at the end', 'gzip', Buffer.concat([gzip, Buffer.alloc(50_000)])],
    ['text at the end', 'gzip', Buffer.concat([gzip, Buffer.from('and more')])],
    ['much text at the end', 'gzip', Buffer.concat([gzip, text])],
    ['text at the end', 'deflate', Buffer.concat([zlib, Buffer.from('and more')])],
    ['much text at the end', 'deflate', Buffer.concat([zlib, text])],
    ['the same twice', 'deflate', Buffer.concat([zlib, zlib])],
    ['a second member that is cut short', 'gzip', Buffer.concat([gzip, gzip.subarray(0, 100)])],
    ['one byte of a second member', 'gzip', Buffer.concat([gzip, gzip.subarray(0, 1)])],
  ])('%s as %s', async (_what, coding, bytes) => {
    for (const pieceSizes of [[1_000_000], [1], [gzip.length], [zlib.length], [zlib.length, 1]]) {
      const { source } = bodyOf(split(bytes, pieceSizes), { 'content-encoding': coding });
      const format = coding === 'gzip' ? 'gzip data' : 'zlib data, as Content-Encoding: deflate says';
      await expect(decode(source), `pieces of ${pieceSizes}`).rejects.toMatchObject({
        code: 'invalid_request',
        detail: `Expected a body of complete and valid ${format}.`,
      });
    }
  });

  test.each([
    ['gzip', gzip],
    ['deflate', zlib],
  ])('%s data that is cut short anywhere', async (coding, bytes) => {
    const lengths = [
      1,
      5,
      17,
      18,
      19,
      ...Array.from({ length: 30 }, (_, index) => bytes.length - 1 - index * 500),
    ];
    for (const length of lengths) {
      const { source } = bodyOf([bytes.subarray(0, length)], { 'content-encoding': coding });
      await expect(decode(source), `${length} bytes`).rejects.toMatchObject({ code: 'invalid_request' });
    }
  });

  const others = ['br', 'zstd', 'compress', 'gzip, gzip', 'deflate, br', 'constructor', '__proto__'];
  test.each(others)('%s is not accepted', async (coding) => {
    await expect(decode(bodyOf([], { 'content-encoding': coding }).source)).rejects.toMatchObject({
      code: 'unsupported_media_type',
      detail: `Expected a body with Content-Encoding gzip or deflate, or without one, got ${coding}.`,
    });
  });
});

describe('a compressed body whose client is gone', () => {
  const sent = gzipSync(Buffer.alloc(8 * MIB));
  const reason = new Error('gone');

  test('is not decompressed further when the next piece comes', async () => {
    const gate = gateOf();
    const controller = new AbortController();
    function* pieces() {
      yield sent.subarray(0, 2000);
      controller.abort(reason);
      yield* split(sent.subarray(2000), [2000]);
    }
    const body = bodyOf(pieces(), { 'content-encoding': 'gzip' }, controller.signal);
    await expect(decode(body.source, { gate, maxBytes: 16 * MIB })).rejects.toBe(reason);
    expect(gate.used()).toBe(0);
  });

  test('is not decompressed further while it waits for memory', async () => {
    const gate = gateOf(MIB);
    const other = await gate.reserve({ amount: MIB / 2, isHeavy: false });
    const controller = new AbortController();
    const body = bodyOf([sent], { 'content-encoding': 'gzip' }, controller.signal);
    const answer = decode(body.source, { gate, maxBytes: 16 * MIB });
    await expect.poll(gate.waiting).toBe(1);
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    other.release();
    expect(gate.used()).toBe(0);
  });

  test('is refused if it ends early', async () => {
    const gate = gateOf();
    function* pieces() {
      yield sent.subarray(0, 4000);
      throw new Error('The client closed the connection.');
    }
    const body = bodyOf(pieces(), { 'content-encoding': 'gzip' });
    await expect(decode(body.source, { gate, maxBytes: 16 * MIB })).rejects.toMatchObject({
      code: 'invalid_request',
      detail: 'The request body ended before it was complete.',
    });
    expect(gate.used()).toBe(0);
  });
});
