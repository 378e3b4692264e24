import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { type DecodedImage, decodeImage } from '../../../lambda/images/decode.ts';
import { readJpegHeader } from '../../../lambda/images/formats/jpeg/header.ts';
import { IMAGE_FORMATS } from '../../../lambda/images/formats/table.ts';
import { inspectImage } from '../../../lambda/images/inspect.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../lambda/images/limits.ts';
import { encode, QUARTERS, quartersImage, rgbOf, sampleQuarters } from '../../support/images.ts';

const geometry = { resize: { shortSide: 256, interpolation: 'bilinear' }, crop: 224 } as const;
const limits = { maxImageBytes: 20_000_000, maxPixels: 50_000_000, ...DEFAULT_DECODE_LIMITS };
const decode = async (bytes: Uint8Array) => decodeImage(await inspectImage(bytes, geometry, limits));

type Quarter = keyof typeof QUARTERS;
const NAMES = Object.keys(QUARTERS) as Quarter[];

function expectQuarters(
  image: DecodedImage,
  colours: Record<Quarter, readonly number[]>,
  tolerance: number,
): void {
  expect(image.pixels).toHaveLength(224 * 224 * image.channels);
  const samples = sampleQuarters(rgbOf(image), 224);
  for (const name of NAMES) {
    const distance = samples[name].map((value, channel) => Math.abs(value - (colours[name][channel] ?? 0)));
    expect(Math.max(...distance), `${name}: ${samples[name]} for ${colours[name]}`).toBeLessThanOrEqual(
      tolerance,
    );
  }
}

const mapColours = (map: (rgb: readonly [number, number, number]) => number[]) =>
  Object.fromEntries(NAMES.map((name) => [name, map(QUARTERS[name])])) as Record<Quarter, number[]>;

describe('every kind of image is decoded to the right RGB', () => {
  test.each(IMAGE_FORMATS)('%s', async (format) => {
    const bytes = await encode(format);
    const image = await decode(bytes);
    // GIF and WebP quantise colours, so values may be a few steps off.
    expectQuarters(image, QUARTERS, 10);
    expect(image.info).toEqual({ format, width: 320, height: 260, bytes: bytes.byteLength });
  });

  test('16 bits a channel', async () => {
    expectQuarters(await decode(await quartersImage().toColourspace('rgb16').png().toBuffer()), QUARTERS, 2);
  });

  test('a palette', async () => {
    expectQuarters(await decode(await quartersImage().png({ palette: true }).toBuffer()), QUARTERS, 6);
  });

  test.each([8, 16])('grey with %i bits', async (bits) => {
    const grey = await quartersImage()
      .toColourspace(bits === 8 ? 'b-w' : 'grey16')
      .png()
      .toBuffer();
    const image = await decode(grey);
    const samples = sampleQuarters(rgbOf(image), 224);
    for (const name of NAMES) {
      const [red, green, blue] = samples[name];
      expect([green, blue]).toEqual([red, red]);
    }
    expect(new Set(NAMES.map((name) => samples[name][0])).size, 'four shades').toBe(4);
  });

  test('CMYK, converted with its profile', async () => {
    // The printable gamut lacks such saturated colours, so only the dominant channel is compared.
    const image = await decode(await quartersImage().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer());
    const samples = sampleQuarters(rgbOf(image), 224);
    expectQuarters(image, QUARTERS, 75);
    expect(samples.topLeft[0]).toBeGreaterThan(150);
    expect(samples.topRight[1]).toBeGreaterThan(120);
    expect(samples.bottomLeft[2]).toBeGreaterThan(120);
  });

  test.each([
    ['nothing', 0, (rgb: readonly number[]) => rgb.map(() => 255)],
    ['half', 0.5, (rgb: readonly number[]) => rgb.map((value) => (value + 255) / 2)],
  ] as const)('alpha that shows %s of the picture, over white', async (_what, alpha, over) => {
    expectQuarters(
      await decode(await quartersImage().ensureAlpha(alpha).png().toBuffer()),
      mapColours(over),
      3,
    );
  });

  test('an RGB profile, which is ignored as in training', async () => {
    const tagged = await quartersImage().withIccProfile('p3', { attach: true }).png().toBuffer();
    const raw = await sharp(tagged, { ignoreIcc: true }).raw().toBuffer();
    const [red, green, blue] = raw.subarray((60 * 320 + 80) * 3);
    const { topLeft } = sampleQuarters(rgbOf(await decode(tagged)), 224);
    expect(topLeft).toEqual([red, green, blue]);
    expect(topLeft, 'the profile changes the stored numbers').not.toEqual([...QUARTERS.topLeft]);
  });

  test('an animation: only the first frame is used', async () => {
    const first = await quartersImage(300, 300).raw().toBuffer();
    const frames = Buffer.concat([first, Buffer.alloc(first.length)]);
    const animation = await sharp(frames, { raw: { width: 300, height: 600, channels: 3, pageHeight: 300 } })
      .gif()
      .toBuffer();
    const image = await decode(animation);
    expectQuarters(image, QUARTERS, 12);
    expect(image.info).toMatchObject({ width: 300, height: 300 });
  });
});

describe('EXIF orientation', () => {
  // Which quarter of the stored picture appears in each corner: EXIF 2.32, tag 0x0112.
  const seen: Record<number, readonly [Quarter, Quarter, Quarter, Quarter]> = {
    1: ['topLeft', 'topRight', 'bottomLeft', 'bottomRight'],
    2: ['topRight', 'topLeft', 'bottomRight', 'bottomLeft'],
    3: ['bottomRight', 'bottomLeft', 'topRight', 'topLeft'],
    4: ['bottomLeft', 'bottomRight', 'topLeft', 'topRight'],
    5: ['topLeft', 'bottomLeft', 'topRight', 'bottomRight'],
    6: ['bottomLeft', 'topLeft', 'bottomRight', 'topRight'],
    7: ['bottomRight', 'topRight', 'bottomLeft', 'topLeft'],
    8: ['topRight', 'bottomRight', 'topLeft', 'bottomLeft'],
  };

  test.each(Object.entries(seen))('%s', async (orientation, order) => {
    const bytes = await quartersImage(320, 260)
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation: Number(orientation) })
      .toBuffer();
    const image = await decode(bytes);
    expectQuarters(
      image,
      Object.fromEntries(NAMES.map((name, place) => [name, QUARTERS[order[place] ?? name]])) as never,
      8,
    );
    const turned = Number(orientation) >= 5;
    expect(image.info).toMatchObject(turned ? { width: 260, height: 320 } : { width: 320, height: 260 });
  });
});

describe('shapes', () => {
  test.each([
    [1, 1],
    [1, 3000],
    [3000, 1],
    [224, 224],
    [10, 10],
    [60, 200],
    [256, 256],
    [1, 60_000],
    [60_000, 1],
    [257, 255],
    [5000, 300],
  ])('%i x %i', async (width, height) => {
    const image = await decode(
      await sharp({ create: { width, height, channels: 3, background: { r: 10, g: 20, b: 30 } } })
        .png()
        .toBuffer(),
    );
    expect([...image.pixels.subarray(0, 3)]).toEqual([10, 20, 30]);
    expect(image.info).toMatchObject({ width, height });
  });

  test('a turned image smaller than the crop is enlarged the right way up', async () => {
    const bytes = await quartersImage(100, 80).withMetadata({ orientation: 6 }).png().toBuffer();
    const { topLeft, bottomLeft, topRight, bottomRight } = QUARTERS;
    const turned = { topLeft: bottomLeft, topRight: topLeft, bottomLeft: bottomRight, bottomRight: topRight };
    expectQuarters(await decode(bytes), turned, 2);
  });

  test('a large JPEG, shrunk while it is decoded, gives the same crop', async () => {
    expectQuarters(await decode(await encode('jpeg', 4000, 3000)), QUARTERS, 6);
  });
});

describe('a small JPEG', () => {
  test('gives the same picture with both decoders', async () => {
    const plain = await quartersImage(300, 280).jpeg({ quality: 95 }).toBuffer();
    // An Adobe segment leaves the file to libvips. The pixels are the same bytes.
    const adobe = Buffer.from([0xff, 0xee, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 1]);
    const tagged = Buffer.concat([plain.subarray(0, 2), adobe, plain.subarray(2)]);
    expect(readJpegHeader(plain)?.isPlain).toBe(true);
    expect(readJpegHeader(tagged)?.isPlain).toBe(false);
    const [first, second] = [rgbOf(await decode(plain)), rgbOf(await decode(tagged))];
    const difference = first.reduce((sum, value, index) => sum + Math.abs(value - (second[index] ?? 0)), 0);
    expect(difference / first.length).toBeLessThan(0.5);
  });

  test('that is incomplete is refused, although the first decoder would accept it', async () => {
    const bytes = await quartersImage(300, 280).jpeg({ quality: 95 }).toBuffer();
    const cut = bytes.subarray(0, bytes.byteLength - 2);
    await expect(decode(cut.subarray(0, cut.byteLength / 2))).rejects.toMatchObject({
      code: 'invalid_image',
    });
  });
});

describe('limits and damage', () => {
  test('bytes are limited before anything is read', async () => {
    const bytes = await encode('png');
    await expect(inspectImage(bytes, geometry, { ...limits, maxImageBytes: 100 })).rejects.toMatchObject({
      code: 'image_too_large',
      detail: `Expected an image of at most 100 bytes, got ${bytes.byteLength}.`,
    });
  });

  test('pixels are limited by the header', async () => {
    const bytes = await encode('png');
    await expect(
      inspectImage(bytes, geometry, { ...limits, maxPixels: 320 * 260 - 1 }),
    ).rejects.toMatchObject({
      code: 'too_many_pixels',
      detail: 'Expected at most 83199 pixels, got 320 x 260 = 83200.',
    });
    await expect(inspectImage(bytes, geometry, { ...limits, maxPixels: 320 * 260 })).resolves.toBeDefined();
  });

  test.each(IMAGE_FORMATS)('an incomplete %s is refused', async (format) => {
    const bytes = await encode(format);
    await expect(decode(bytes.subarray(0, Math.floor(bytes.byteLength * 0.6)))).rejects.toMatchObject({
      code: 'invalid_image',
    });
  });

  test.each(IMAGE_FORMATS)('the first bytes of a %s are refused', async (format) => {
    const bytes = await encode(format);
    await expect(decode(bytes.subarray(0, 40))).rejects.toMatchObject({ code: 'invalid_image' });
  });

  test('the message of the library is only in the cause', async () => {
    const bytes = await encode('jpeg');
    const error = await decode(bytes.subarray(0, 2000)).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ detail: 'The JPEG data is damaged or incomplete.' });
    expect((error as Error).cause).toBeInstanceOf(Error);
  });
});
