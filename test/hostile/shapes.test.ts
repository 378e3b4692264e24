import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as bombs from './bombs.ts';
import { expectRefused, type HostileService, MIB, raw, startHostileService } from './support.ts';
import { zeroTiff } from './tiff-bombs.ts';

const TIMEOUT_MS = 60_000;
/** Less than a container of 1769 MiB has to spare, for any request, even for three at once. */
const MAX_BYTES = 600 * MIB;

let service: HostileService;
let baselineBytes: number;

// The peak of a process never falls, so every test needs a new process.
beforeEach(async () => {
  service = await startHostileService();
  await service.expectAlive();
  baselineBytes = (await service.stats()).peakRssBytes;
});
afterEach(() => service.stop());

async function send(body: Uint8Array, times = 1) {
  const answers = await Promise.all(Array.from({ length: times }, () => service.post('/predict', raw(body))));
  await service.expectAlive();
  expect((await service.stats()).peakRssBytes - baselineBytes).toBeLessThan(MAX_BYTES);
  return answers;
}

describe('pictures of one row or one column', { timeout: TIMEOUT_MS }, () => {
  test.each([
    [1, 65_500],
    [15, 65_500],
    [65_500, 1],
  ])('a JPEG of %i x %i is classified', async (width, height) => {
    const jpeg = await sharp({ create: { width, height, channels: 3, background: 'teal' } })
      .jpeg()
      .toBuffer();
    const [answer] = await send(jpeg);
    expect(answer).toMatchObject({ status: 200, body: { image: { width, height } } });
  });

  const rgba16 = { bitDepth: 16, colourType: 6 } as const;
  const float = { samples: 3, bits: 32, sampleFormat: 3, rowsPerStrip: 1 } as const;
  test.each([
    ['PNG of 49,999,999 x 1', () => bombs.png(49_999_999, 1, rgba16)],
    ['PNG of 1 x 49,999,999', () => bombs.png(1, 49_999_999, rgba16)],
    ['float TIFF of 49,999,999 x 1', () => zeroTiff({ width: 49_999_999, height: 1, ...float })],
    [
      'float TIFF of 1 x 49,999,999',
      () => zeroTiff({ width: 1, height: 49_999_999, ...float, rowsPerStrip: 49_999_999 }),
    ],
  ] as const)('a %s is refused with a clear message, three at once', async (_what, make) => {
    for (const answer of await send(make(), 3)) {
      expectRefused(answer, 'too_many_pixels');
      expect(answer.body).toMatchObject({ detail: expect.stringContaining('65535 pixels a side') });
    }
  });
});

describe('small files that decode to much', { timeout: TIMEOUT_MS }, () => {
  test('a WebP of 50 megapixels in under 2 kB takes no more than its estimate', async () => {
    const webp = await sharp({
      create: { width: 16_383, height: 3050, channels: 3, background: 'red' },
      limitInputPixels: false,
    })
      .webp({ lossless: true })
      .toBuffer();
    expect(webp.byteLength).toBeLessThan(2000);
    expect((await send(webp))[0]).toMatchObject({ status: 200 });
  });

  test('a PNG with 2400 texts that inflate to 8 MB of letters each is refused', async () => {
    const deflated = deflateSync(Buffer.alloc(7_900_000, 'a'));
    const text = bombs.pngChunk('zTXt', Buffer.concat([Buffer.from('k\0\0', 'latin1'), deflated]));
    const [answer] = await send(bombs.png(300, 300, { chunks: Array.from({ length: 2400 }, () => text) }));
    expectRefused(answer as never, 'invalid_image');
  });
});
