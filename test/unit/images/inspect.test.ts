import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { IMAGE_FORMATS } from '../../../lambda/images/formats/table.ts';
import { inspectImage } from '../../../lambda/images/inspect.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../lambda/images/limits.ts';
import { exif, png, pngChunk, progressiveJpeg, withSegments } from '../../hostile/bombs.ts';
import { zeroTiff } from '../../hostile/tiff-bombs.ts';
import { encode, quartersImage } from '../../support/images.ts';
import { readRepositoryFile } from '../../support/model.ts';

const geometry = { resize: { shortSide: 256, interpolation: 'bilinear' }, crop: 224 } as const;
const limits = { maxImageBytes: 20_000_000, maxPixels: 50_000_000, ...DEFAULT_DECODE_LIMITS };
const inspect = (bytes: Uint8Array, changed: Partial<typeof limits> = {}) =>
  inspectImage(bytes, geometry, { ...limits, ...changed } as typeof limits);

const MIB = 2 ** 20;

describe('the estimate as a limit', () => {
  test.each(IMAGE_FORMATS)(
    '%s: memory at the limit is accepted, one byte more is refused',
    async (format) => {
      const bytes = await encode(format, 1200, 900);
      const { cost } = await inspect(bytes);
      await expect(inspect(bytes, { maxDecodeBytes: cost.bytes as never })).resolves.toMatchObject({ cost });
      await expect(inspect(bytes, { maxDecodeBytes: (cost.bytes - 1) as never })).rejects.toMatchObject({
        code: 'decode_too_costly',
        detail: expect.stringMatching(/at most \d+ MiB of memory to decode, got one that may take \d+ MiB/),
      });
    },
  );

  test('CPU time: many tiles, in a picture within the limit of memory', async () => {
    const tiles = { samples: 4, bits: 32, sampleFormat: 3, tile: { width: 16, height: 16 } } as const;
    await expect(inspect(zeroTiff({ width: 2000, height: 2000, ...tiles }))).resolves.toBeDefined();
    await expect(inspect(zeroTiff({ width: 7000, height: 7000, ...tiles }))).rejects.toMatchObject({
      code: 'decode_too_costly',
      detail: expect.stringContaining('10 s of CPU time'),
    });
  });
});

describe('memory for the metadata', () => {
  const text = pngChunk(
    'zTXt',
    Buffer.concat([Buffer.from('k\0\0', 'latin1'), deflateSync(Buffer.alloc(7_900_000))]),
  );
  const withTexts = () => png(300, 300, { chunks: [text, text] });

  test('is reserved before a library reads it', async () => {
    const lent: number[] = [];
    await inspectImage(withTexts(), geometry, limits, (bytes, work) => {
      lent.push(bytes);
      return work();
    });
    expect(lent).toHaveLength(1);
    expect(lent[0]).toBeGreaterThan(2 * 7_900_000);
  });

  test('is not reserved for an ordinary JPEG', async () => {
    const refuse = () => Promise.reject(new Error('must not be reserved'));
    await expect(inspectImage(await encode('jpeg'), geometry, limits, refuse)).resolves.toBeDefined();
  });

  test('is refused if it is more than there can ever be', async () => {
    const reading = inspectImage(withTexts(), geometry, { ...limits, maxDecodeBytes: 20 * MIB }, () =>
      Promise.reject(new Error('must not be reserved')),
    );
    await expect(reading).rejects.toMatchObject({ code: 'decode_too_costly' });
  });
});

describe('the longest side', () => {
  const { maxSide } = DEFAULT_DECODE_LIMITS;
  test.each([
    [maxSide, 1],
    [1, maxSide],
  ])('%i x %i is accepted', async (width, height) => {
    await expect(inspect(png(width, height))).resolves.toMatchObject({ info: { width, height } });
  });

  test.each([
    [maxSide + 1, 1],
    [1, maxSide + 1],
  ])('%i x %i is refused', async (width, height) => {
    await expect(inspect(png(width, height))).rejects.toMatchObject({
      code: 'too_many_pixels',
      detail: `Expected at most 65535 pixels a side, got ${width} x ${height}.`,
    });
  });
});

describe('files from cameras, scanners and editors are accepted', () => {
  test.each([
    ['a progressive JPEG of 50 megapixels in 20 scans', () => progressiveJpeg(8000, 6000, 19)],
    ['a 16-bit PNG of 24 megapixels', () => png(6000, 4000, { bitDepth: 16 })],
    ['an interlaced 16-bit PNG of 24 megapixels', () => png(6000, 4000, { bitDepth: 16, interlaced: true })],
    ['a 16-bit TIFF of 24 megapixels', () => zeroTiff({ width: 6000, height: 4000, bits: 16 })],
    [
      'a float TIFF of 24 megapixels',
      () => zeroTiff({ width: 6000, height: 4000, bits: 32, sampleFormat: 3 }),
    ],
    [
      'a CMYK TIFF of 48 megapixels',
      () => zeroTiff({ width: 8000, height: 6000, samples: 4, photometric: 5 }),
    ],
    ['a panorama of 20,000 x 2,500', () => png(20_000, 2500)],
    ['a long screenshot', () => png(1000, 20_000, { colourType: 6 })],
  ])('%s', async (_what, make) => {
    await expect(inspect(make())).resolves.toBeDefined();
  });
});

describe('variants that libvips does not read are named', () => {
  const refused = (detail: RegExp) => ({ code: 'invalid_image', detail: expect.stringMatching(detail) });

  test('an AVIF image sequence', async () => {
    const sequence = readRepositoryFile('test/fixtures/hostile/corpus/sequence.avif');
    await expect(inspect(sequence)).rejects.toMatchObject(
      refused(/still AVIF image, got an AVIF image sequence/),
    );
  });

  test.each([1, 3])('a TIFF with tiles of separate planes, %i samples a pixel', async (samples) => {
    const tile = { width: 64, height: 64 };
    const planar = zeroTiff({ width: 300, height: 200, samples, separate: true, tile });
    await expect(inspect(planar)).rejects.toMatchObject(refused(/separate tiles for each colour plane/));
  });
});

describe('the event loop', () => {
  test.each([
    [1, 65_500],
    [15, 65_500],
    [65_500, 1],
  ])('does not decode a JPEG of %i x %i, even with so few pixels', async (width, height) => {
    const bytes = await sharp({ create: { width, height, channels: 3, background: 'teal' } })
      .jpeg()
      .toBuffer();
    const { decoder, cost } = await inspect(bytes);
    expect(decoder).toBe('vips');
    expect(cost.bytes).toBeLessThan(300 * MIB);
  });

  test.each([
    ['vips', 15, 65_500],
    ['vips', 65_500, 15],
    ['vips', 1, 5000],
    ['plain', 320, 180],
    ['plain', 180, 320],
  ] as const)('decodes with %s a JPEG of %i x %i that is squashed', async (expected, width, height) => {
    const bytes = await sharp({ create: { width, height, channels: 3, background: 'teal' } })
      .jpeg()
      .toBuffer();
    const squashed = { resize: { exactSide: 224, interpolation: 'bicubic' }, crop: 224 } as const;
    const { decoder, cost } = await inspectImage(bytes, squashed, limits);
    expect(decoder).toBe(expected);
    expect(cost.bytes).toBeLessThan(300 * MIB);
  });

  test('does not decode a small JPEG of many scans', async () => {
    const plain = await quartersImage(1000, 900).jpeg({ progressive: true }).toBuffer();
    expect((await inspect(plain)).decoder).toBe('vips');
    expect((await inspect(await quartersImage(1000, 900).jpeg().toBuffer())).decoder).toBe('plain');
  });
});

test('an EXIF orientation turns the size, but costs no copy of the picture', async () => {
  const upright = await quartersImage(900, 1200).png().toBuffer();
  const turned = await quartersImage(900, 1200).withMetadata({ orientation: 6 }).png().toBuffer();
  const [first, second] = [await inspect(upright), await inspect(turned)];
  expect(second.info).toMatchObject({ width: 1200, height: 900 });
  expect(second.cost.bytes - first.cost.bytes).toBeLessThan(MIB);
});

test('an unusual file counts as the costliest kind: a JPEG with two EXIF segments', async () => {
  const jpeg = progressiveJpeg(4000, 3000, 0);
  const twice = withSegments(jpeg, exif(1), exif(1));
  expect((await inspect(twice)).cost.bytes).toBeGreaterThan((await inspect(jpeg)).cost.bytes * 2);
});
