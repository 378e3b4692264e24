import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../../lambda/images/decode.ts';
import { inspectImage } from '../../../lambda/images/inspect.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../lambda/images/limits.ts';
import { createTensorWriter } from '../../../lambda/prediction/tensor.ts';
import { quartersImage } from '../../support/images.ts';

const normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

describe('createTensorWriter', () => {
  test('writes one plane for each channel, at the position of the image in the batch', () => {
    const write = createTensorWriter(2, { mean: [0, 0.5, 1], std: [1, 0.5, 2] });
    const target = new Float32Array(24).fill(Number.NaN);
    write(Uint8Array.from([0, 0, 0, 255, 255, 255, 51, 51, 51, 102, 102, 102]), target, 1);
    expect(target.subarray(0, 12).every(Number.isNaN)).toBe(true);
    const expected = [0, 1, 0.2, 0.4, -1, 1, -0.6, -0.2, -0.5, 0, -0.4, -0.3];
    for (const [index, value] of expected.entries()) expect(target[12 + index]).toBeCloseTo(value, 6);
  });

  test('rejects an image of another size', () => {
    const write = createTensorWriter(2, normalization);
    expect(() => write(new Uint8Array(11), new Float32Array(12), 0)).toThrowError(/12 RGB bytes, got 11/);
  });

  test('fills the whole tensor with values in the normalised range, for any image', async () => {
    const write = createTensorWriter(64, normalization);
    const lowest = (0 - 0.485) / 0.229;
    const highest = (1 - 0.406) / 0.225;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        fc.constantFrom('jpeg', 'png', 'webp', 'tiff', 'gif' as const),
        fc.boolean(),
        async (width, height, format, grey) => {
          const bytes = await quartersImage(width, height).greyscale(grey).toFormat(format).toBuffer();
          const limits = { maxImageBytes: 1e7, maxPixels: 1e6, ...DEFAULT_DECODE_LIMITS };
          const image = await inspectImage(bytes, { resize: { shortSide: 72 }, crop: 64 }, limits);
          const { rgb } = await decodeImage(image);
          const target = new Float32Array(3 * 64 * 64).fill(Number.NaN);
          write(rgb, target, 0);
          for (const value of target) {
            if (!(value >= lowest - 1e-5 && value <= highest + 1e-5)) return false;
          }
          return true;
        },
      ),
      { numRuns: 60 },
    );
  });
});
