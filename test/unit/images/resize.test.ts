import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../../lambda/images/decode.ts';
import { type Geometry, type Interpolation, planCrop, type Size } from '../../../lambda/images/geometry.ts';
import { inspectImage } from '../../../lambda/images/inspect.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../lambda/images/limits.ts';
import { rgbOf } from '../../support/images.ts';
import { pillowResize } from '../../support/pillow.ts';

const limits = { maxImageBytes: 1e7, maxPixels: 1e7, ...DEFAULT_DECODE_LIMITS };

/** Waves of a few pixels and more, with hard edges and corners between black and white. */
function picture({ width, height }: Size, seed: number): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    const [channel, pixel] = [index % 3, Math.floor(index / 3)];
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const wave = Math.sin((x * (channel + 2) + seed) / 9) + Math.cos((y * (seed % 5) + channel * 40) / 7);
    const edge = (Math.floor(x / 11) + Math.floor(y / 13) + seed) % 3 === 0 ? 120 : -120;
    return Math.min(Math.max(Math.round(128 + 40 * wave + edge), 0), 255);
  });
}

/** A PNG, so that the pixels are the same for both. Orientations of 5 and more swap the sides. */
async function compare({ stored, seed, orientation, geometry }: Case) {
  const { width, height } = stored;
  const encoded = await sharp(picture(stored, seed), { raw: { width, height, channels: 3 } })
    .withMetadata({ orientation })
    .png()
    .toBuffer();
  const upright = await sharp(encoded).autoOrient().raw().toBuffer({ resolveWithObject: true });
  const { resized, crop } = planCrop(upright.info, geometry);
  const whole = pillowResize(upright.data, upright.info, resized, geometry.resize.interpolation);
  const expected = await sharp(whole, { raw: { ...resized, channels: 3 } })
    .extract(crop)
    .raw()
    .toBuffer();
  const actual = rgbOf(await decodeImage(await inspectImage(encoded, geometry, limits)));
  expect(actual).toHaveLength(expected.length);
  const differences = actual.map((value, index) => Math.abs(value - (expected[index] as number)));
  return {
    largest: Math.max(...differences),
    mean: differences.reduce((sum, value) => sum + value, 0) / differences.length,
  };
}

const MAX_RESIZED_PIXELS = 200_000;

interface Case {
  readonly stored: Size;
  readonly seed: number;
  readonly orientation: number;
  readonly geometry: Geometry;
}

/** Unlike `fc.double`, which draws mostly numbers near zero. */
const percent = (min: number, max: number) => fc.integer({ min, max }).map((value) => value / 100);

/** @param largest the longest side of the picture, as a multiple of the side after resizing. */
const cases = (largest: number, orientations: readonly number[]): fc.Arbitrary<Case> =>
  fc
    .record({
      side: fc.integer({ min: 24, max: 96 }),
      width: percent(0, 100 * largest),
      height: percent(0, 100 * largest),
      crop: percent(40, 100),
      isExact: fc.boolean(),
      interpolation: fc.constantFrom<Interpolation>('bilinear', 'bicubic'),
      orientation: fc.constantFrom(...orientations),
      seed: fc.integer({ min: 0, max: 99 }),
    })
    .map(({ side, width, height, crop, isExact, interpolation, orientation, seed }) => ({
      stored: { width: Math.ceil(width * side) || 1, height: Math.ceil(height * side) || 1 },
      seed,
      orientation,
      geometry: {
        resize: isExact ? { exactSide: side, interpolation } : { shortSide: side, interpolation },
        crop: Math.round(crop * side),
      },
    }))
    .filter(({ stored, geometry }) => {
      const { width, height } = planCrop(stored, geometry).resized;
      return width * height <= MAX_RESIZED_PIXELS;
    });

describe('any picture, any resize, any crop', () => {
  test('is within one step of Pillow if the picture becomes larger', async () => {
    await fc.assert(
      fc.asyncProperty(cases(1, [1, 2, 3, 4]), async (picture) => {
        expect((await compare(picture)).largest).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });

  // Pillow turns the picture first, and libvips continues the border while Pillow leaves it out. From a factor of four
  // on, libvips also shrinks by a whole number first: the parity test covers that.
  test('is on average within two steps of Pillow, turned in any way', async () => {
    await fc.assert(
      fc.asyncProperty(cases(3.9, [1, 2, 3, 4, 5, 6, 7, 8]), async (picture) => {
        expect((await compare(picture)).mean).toBeLessThan(2);
      }),
      { numRuns: 100 },
    );
  });
});
