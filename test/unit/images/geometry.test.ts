import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Geometry, planCrop, type Size, seenRegion } from '../../../lambda/images/geometry.ts';

const interpolation = 'bilinear';
const resnet: Geometry = { resize: { shortSide: 256, interpolation }, crop: 224 };

/** From the narrowest picture that the service accepts to the widest. */
const side = fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 65_535 }));
const size: fc.Arbitrary<Size> = fc.record({ width: side, height: side });
/** A resize to `crop` or more. */
const crop = fc.integer({ min: 1, max: 1024 });
const margin = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 200 }));
const shortSide = fc
  .tuple(crop, margin)
  .map(([crop, margin]): Geometry => ({ resize: { shortSide: crop + margin, interpolation }, crop }));
const exactSide = fc
  .tuple(crop, margin)
  .map(([crop, margin]): Geometry => ({ resize: { exactSide: crop + margin, interpolation }, crop }));
const geometry = fc.oneof(shortSide, exactSide);

describe('seenRegion', () => {
  test.each<readonly [string, Size, Geometry, ReturnType<typeof seenRegion>]>([
    // 640 x 480 becomes 341 x 256: round((341 - 224) / 2) = 58 columns of 640 / 341 pixels are left out.
    [
      'of a photo that becomes smaller',
      { width: 640, height: 480 },
      resnet,
      {
        left: (58 * 640) / 341,
        top: 16 * 1.875,
        width: (224 * 640) / 341,
        height: 224 * 1.875,
      },
    ],
    [
      'of a photo that becomes larger',
      { width: 64, height: 64 },
      resnet,
      { left: 4, top: 4, width: 56, height: 56 },
    ],
    [
      'of a photo whose sides both become the same',
      { width: 1000, height: 500 },
      { resize: { exactSide: 250, interpolation }, crop: 200 },
      { left: 100, top: 50, width: 800, height: 400 },
    ],
  ])('%s', (_name, photo, plan, region) => {
    expect(seenRegion(photo, plan)).toEqual(region);
  });

  test('lies within the photo', () => {
    fc.assert(
      fc.property(size, geometry, (photo, plan) => {
        const { left, top, width, height } = seenRegion(photo, plan);
        expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
        expect(Math.min(width, height)).toBeGreaterThan(0);
        expect(left + width).toBeLessThanOrEqual(photo.width);
        expect(top + height).toBeLessThanOrEqual(photo.height);
      }),
    );
  });

  test('becomes the crop when the photo is resized', () => {
    fc.assert(
      fc.property(size, geometry, (photo, plan) => {
        const { resized, crop } = planCrop(photo, plan);
        const region = seenRegion(photo, plan);
        const across = resized.width / photo.width;
        const down = resized.height / photo.height;
        expect(region.left * across).toBeCloseTo(crop.left, 6);
        expect(region.top * down).toBeCloseTo(crop.top, 6);
        expect(region.width * across).toBeCloseTo(crop.width, 6);
        expect(region.height * down).toBeCloseTo(crop.height, 6);
      }),
    );
  });

  test('is square, as the crop is, if the resize keeps the aspect ratio', () => {
    fc.assert(
      fc.property(size, shortSide, (photo, plan) => {
        const { width, height } = seenRegion(photo, plan);
        const { resized } = planCrop(photo, plan);
        // The long side loses up to a pixel, because it is truncated.
        const tolerance = 1 / Math.max(resized.width, resized.height);
        expect(Math.abs(Math.max(width, height) / Math.min(width, height) - 1)).toBeLessThanOrEqual(
          tolerance,
        );
      }),
    );
  });

  test('has the aspect ratio of the photo if the resize does not keep it', () => {
    fc.assert(
      fc.property(size, exactSide, (photo, plan) => {
        const { width, height } = seenRegion(photo, plan);
        expect((width / height) * (photo.height / photo.width)).toBeCloseTo(1, 9);
      }),
    );
  });

  test('is the whole photo, exactly, if nothing is cropped', () => {
    fc.assert(
      fc.property(size, crop, (photo, crop) => {
        const whole = { left: 0, top: 0, ...photo };
        expect(seenRegion(photo, { resize: { exactSide: crop, interpolation }, crop })).toEqual(whole);
        const square = { width: photo.width, height: photo.width };
        const region = seenRegion(square, { resize: { shortSide: crop, interpolation }, crop });
        expect(region).toEqual({ left: 0, top: 0, ...square });
      }),
    );
  });

  test('is in the middle of the photo, to half a pixel of the resized photo', () => {
    fc.assert(
      fc.property(size, geometry, (photo, plan) => {
        const { left, top, width, height } = seenRegion(photo, plan);
        const { resized } = planCrop(photo, plan);
        const right = photo.width - left - width;
        const bottom = photo.height - top - height;
        expect(Math.abs(left - right)).toBeLessThanOrEqual((1 + 1e-6) * (photo.width / resized.width));
        expect(Math.abs(top - bottom)).toBeLessThanOrEqual((1 + 1e-6) * (photo.height / resized.height));
      }),
    );
  });
});
