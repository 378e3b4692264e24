import { deflateSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encode } from '../support/images.ts';
import { readRepositoryFile } from '../support/model.ts';
import * as bombs from './bombs.ts';
import { cat, expectRefused, type HostileService, MIB, raw, startHostileService } from './support.ts';

const TIMEOUT_MS = 60_000;
/** How much an AVIF of 49 megapixels may add to the process. It is held as a whole, in several copies. */
const MAX_AVIF_BYTES = 1000 * MIB;
/** The same for an interlaced PNG of 16-bit RGBA, which is also held as a whole. */
const MAX_INTERLACED_BYTES = 600 * MIB;
/** All others are decoded row by row or refused by their header. The rest is copies of 20 MB bodies. */
const MAX_STREAMED_BYTES = 300 * MIB;

let service: HostileService;
let baselineBytes: number;

async function start(): Promise<void> {
  service = await startHostileService();
  await service.expectAlive();
  baselineBytes = (await service.stats()).peakRssBytes;
}
const stop = () => service.stop();

/** Sends the bomb, and fails if the process has ever taken more than `maxBytes` above its start. */
async function send(bomb: Uint8Array, maxBytes = MAX_STREAMED_BYTES) {
  const answer = await service.post('/predict', raw(bomb));
  await service.expectAlive();
  expect((await service.stats()).peakRssBytes - baselineBytes).toBeLessThan(maxBytes);
  return answer;
}

const inflatesTo300MB = deflateSync(Buffer.alloc(300_000_000));
const keyword = Buffer.from('k\0\0', 'latin1');
const zTXt = (deflated: Buffer) => bombs.pngChunk('zTXt', Buffer.concat([keyword, deflated]));
const eachOf8MB = zTXt(deflateSync(Buffer.alloc(7_900_000)));
const tinyExif = bombs.jpegSegment(0xe1, Buffer.from('Exif\0\0', 'latin1'));
const repeat = (piece: Buffer, times: number) => Buffer.concat(Array.from({ length: times }, () => piece));

type Make = () => Uint8Array | Promise<Uint8Array>;
type Case = readonly [what: string, make: Make];

describe('refused because of the header', () => {
  beforeAll(start);
  afterAll(stop);
  const cases: readonly Case[] = [
    ['a PNG of 50,000 x 50,000', () => bombs.png(50_000, 50_000, { deflated: deflateSync(Buffer.alloc(9)) })],
    ['a PNG one pixel wide and 9,999,999 high', () => bombs.png(1, 9_999_999)],
    ['a PNG 190,000 wide and 256 high', () => bombs.png(190_000, 256)],
    ['a PNG of 2^31-1 x 2^31-1', () => bombs.png(2 ** 31 - 1, 2 ** 31 - 1, { deflated: Buffer.alloc(9) })],
    ['a JPEG of 65,500 x 65,500', () => bombs.progressiveJpeg(65_500, 65_500, 0).subarray(0, 2000)],
    ['a GIF whose frames are 65,535 wide', () => bombs.gif(300, 300, { frames: 3, frameSide: 65_535 })],
    ['a WebP of 2^24 x 2^24', async () => bombs.webp(2 ** 24, 2 ** 24, await encode('webp', 64, 64))],
    [
      'a WebP of 7000 x 7000 with a small frame',
      async () => bombs.webp(7000, 7000, await encode('webp', 64, 64)),
    ],
    ['an AVIF of 2^31 x 2^31', async () => bombs.avifOfSize(await encode('avif', 64, 64), 2 ** 31, 2 ** 31)],
    [
      'an AVIF of 7000 x 7000 with few pixels',
      async () => bombs.avifOfSize(await encode('avif', 64, 64), 7000, 7000),
    ],
    ['a TIFF of 4 billion x 4 billion', () => bombs.tiff(4e9, 4e9)],
    ['a TIFF of 7000 x 7000 without pixels', () => bombs.tiff(7000, 7000)],
    ['a TIFF of 4 billion strips', () => bombs.tiff(64, 64, { 273: { count: 4e9 }, 279: { count: 4e9 } })],
    [
      'a TIFF of 5 million strips of one row',
      () => {
        const strips = { count: 5e6, value: 8 };
        return bombs.tiff(1, 5e6, { 273: strips, 278: { value: 1 }, 279: strips }, Buffer.alloc(19_000_000));
      },
    ],
  ];
  test.each(cases)('%s', { timeout: TIMEOUT_MS }, async (_what, make) => {
    expectRefused(await send(await make()), 'too_many_pixels', 'decode_too_costly', 'invalid_image');
  });
});

describe('refused because of too many parts: each of these took seconds to minutes, or all memory', () => {
  beforeAll(start);
  afterAll(stop);
  const cases: readonly Case[] = [
    ['a progressive JPEG of 10,000 scans', () => bombs.progressiveJpeg(7000, 7000, 10_000)],
    ['a JPEG of 1.9 million EXIF segments', () => bombs.withSegments(cat, repeat(tinyExif, 1_900_000))],
    ['a WebP of 190,000 frames', async () => bombs.animatedWebp(16, 190_000, await encode('webp', 16, 16))],
    ['a GIF of 500,000 frames', () => bombs.gif(300, 300, { frames: 500_000 })],
    [
      'a PNG with 2000 texts of 8 MB',
      () => bombs.png(300, 300, { chunks: Array.from({ length: 2000 }, () => eachOf8MB) }),
    ],
    [
      'a JPEG with 1000 EXIF directories that point to each other',
      () => bombs.withSegments(cat, bombs.exif(1000)),
    ],
    ['a TIFF of 160,000 pages', () => bombs.tiffPages(160_000)],
    ['a TIFF whose page points to itself as the next one', () => bombs.tiffLoop()],
  ];
  test.each(cases)('%s', { timeout: TIMEOUT_MS }, async (_what, make) => {
    const answer = await send(await make());
    expectRefused(answer, 'invalid_image');
    expect(answer.body).toMatchObject({ detail: expect.stringContaining('at most') });
  });
});

describe('accepted, in bounded memory', () => {
  beforeAll(start);
  afterAll(stop);
  const cases: readonly Case[] = [
    ['a PNG of 7000 x 7000', () => bombs.png(7000, 7000)],
    ['a PNG one pixel wide and 65,535 high', () => bombs.png(1, 65_535)],
    ['a PNG 65,535 wide and 700 high', () => bombs.png(65_535, 700)],
    ['a progressive JPEG of 7000 x 7000 in 99 scans', () => bombs.progressiveJpeg(7000, 7000, 98)],
    [
      'a PNG with text that inflates to 300 MB',
      () => bombs.png(300, 300, { chunks: [zTXt(inflatesTo300MB)] }),
    ],
    [
      'a PNG with a profile that inflates to 300 MB',
      () =>
        bombs.png(300, 300, { chunks: [bombs.pngChunk('iCCP', Buffer.concat([keyword, inflatesTo300MB]))] }),
    ],
    [
      'a PNG with 6 texts of 8 MB',
      () => bombs.png(300, 300, { chunks: Array.from({ length: 6 }, () => eachOf8MB) }),
    ],
    ['a PNG with 300 MB of superfluous pixels', () => bombs.png(300, 300, { deflated: inflatesTo300MB })],
    ['a GIF with a screen of 65,535 x 65,535 and one pixel', () => bombs.gif(65_535, 65_535)],
    ['a GIF of 5000 frames', () => bombs.gif(300, 300, { frames: 5000 })],
    [
      'a JPEG with 19 MB of comments',
      () => bombs.withSegments(cat, repeat(bombs.jpegSegment(0xfe, Buffer.alloc(65_000)), 300)),
    ],
  ];
  test.each(cases)('%s', { timeout: TIMEOUT_MS }, async (_what, make) => {
    expect((await send(await make())).status).toBe(200);
  });
});

describe('accepted, although held in memory as a whole', () => {
  // The peak of a process never falls, so every test needs a new process.
  beforeEach(start);
  afterEach(stop);

  /**
   * `sharp({ create: { width: 7000, height: 7000, channels: 3, background: 'red' } }).avif({ effort: 0 })`
   */
  test('an AVIF of 7000 x 7000 in 1373 bytes', { timeout: TIMEOUT_MS }, async () => {
    const avif = readRepositoryFile('test/fixtures/hostile/7000x7000.avif');
    expect((await send(avif, MAX_AVIF_BYTES)).status).toBe(422);
  });

  test('an interlaced 16-bit RGBA PNG of 7000 x 7000', { timeout: TIMEOUT_MS }, async () => {
    const png = bombs.png(7000, 7000, { bitDepth: 16, colourType: 6, interlaced: true });
    expect((await send(png, MAX_INTERLACED_BYTES)).status).toBe(200);
  });
});
