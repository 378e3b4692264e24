import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../../lambda/images/decode.ts';
import type { Geometry } from '../../../lambda/images/geometry.ts';
import { inspectImage } from '../../../lambda/images/inspect.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../lambda/images/limits.ts';
import type { Manifest } from '../../../lambda/model/manifest.ts';
import { createImageTensor } from '../../../lambda/prediction/tensor/tensor.ts';
import { rgbOf } from '../../support/images.ts';
import { readRepositoryFile } from '../../support/model.ts';

/** Every n-th pixel of every n-th row of a crop. */
interface GoldenCrop extends Geometry {
  readonly source: string;
  readonly golden: string;
  readonly every: number;
}

interface GoldenTensor extends Pick<Manifest, 'input' | 'preprocessing'> {
  readonly source: string;
  readonly golden: string;
}

// models/tools/golden.py made them with PIL and NumPy.
const folder = 'test/fixtures/parity';
const { crops, tensors } = JSON.parse(Buffer.from(readRepositoryFile(`${folder}/index.json`)).toString()) as {
  readonly crops: readonly GoldenCrop[];
  readonly tensors: readonly GoldenTensor[];
};

/**
 * The largest mean absolute difference of one image, in steps of 0..255; models/resnet50/README.md states it.
 */
const LARGEST_MEAN_DIFFERENCE = 0.4;
/**
 * libvips rounds once more if it puts alpha over white. If a side becomes less than a quarter, it shrinks by a whole
 * number first, or shrinks a JPEG while it decodes it.
 */
const LARGEST_IF_ROUNDED_AGAIN = 1;
const ROUNDED_AGAIN = /^(alpha-png|cat-png-tiny|turned-jpg-tiny)-/;

const decode = async (source: string, geometry: Geometry) =>
  decodeImage(
    await inspectImage(readRepositoryFile(source), geometry, {
      maxImageBytes: 1e7,
      maxPixels: 1e7,
      ...DEFAULT_DECODE_LIMITS,
    }),
  );

const everyNth = (rgb: Uint8Array, side: number, every: number): Uint8Array =>
  rgb.filter((_, index) => {
    const pixel = Math.floor(index / 3);
    return (pixel % side) % every === 0 && Math.floor(pixel / side) % every === 0;
  });

describe('the crop is that of PIL, within a tolerance', () => {
  test.each(crops)('$golden', async ({ source, golden, resize, crop, every }) => {
    const rgb = everyNth(rgbOf(await decode(source, { resize, crop })), crop, every);
    const expected = readRepositoryFile(`${folder}/${golden}`);
    expect(rgb).toHaveLength(expected.length);
    const differences = rgb.map((value, index) => Math.abs(value - (expected[index] ?? 0)));
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    expect(mean).toBeLessThan(
      ROUNDED_AGAIN.test(golden) ? LARGEST_IF_ROUNDED_AGAIN : LARGEST_MEAN_DIFFERENCE,
    );
  });
});

// The source is a PNG that is not resized, so the pixels are the same.
describe('the tensor is that of NumPy', () => {
  test.each(tensors)('$golden', async ({ source, golden, input, preprocessing }) => {
    const tensor = createImageTensor({ input, preprocessing }, 1);
    tensor.write(await decode(source, preprocessing), 0);
    const bytes = readRepositoryFile(`${folder}/${golden}`);
    const values = tensor.first(1);
    if (input.dtype === 'uint8') return expect(values).toEqual(bytes);
    const expected = new Float32Array(bytes.buffer);
    // NumPy and frameworks round each step to float32, the service only the result.
    const differences = values.map((value, index) => Math.abs(value - (expected[index] ?? Number.NaN)));
    expect(Math.max(...differences)).toBeLessThan(1e-6);
  });
});
