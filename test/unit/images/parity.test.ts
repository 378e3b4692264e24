import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../../lambda/images/decode.ts';
import { inspectImage } from '../../../lambda/images/inspect.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../lambda/images/limits.ts';
import { rgbOf } from '../../support/images.ts';
import { readRepositoryFile } from '../../support/model.ts';

interface GoldenCrop {
  readonly source: string;
  readonly golden: string;
}

const folder = 'test/fixtures/parity';
const crops: readonly GoldenCrop[] = JSON.parse(
  Buffer.from(readRepositoryFile(`${folder}/index.json`)).toString(),
);

/**
 * The largest mean absolute difference of one image, in steps of 0..255; models/resnet50/README.md states it.
 */
const LARGEST_MEAN_DIFFERENCE = 0.4;

// models/tools/golden.py made the golden crops with PIL. Both sides normalise with the same table, so only
// the 8-bit crops can differ.
describe('preprocessing gives the same result as torchvision', () => {
  test.each(crops)('$source', async ({ source, golden }) => {
    const image = await inspectImage(
      readRepositoryFile(source),
      { resize: { shortSide: 256 }, crop: 224 },
      { maxImageBytes: 1e7, maxPixels: 1e7, ...DEFAULT_DECODE_LIMITS },
    );
    const rgb = rgbOf(await decodeImage(image));
    const expected = readRepositoryFile(`${folder}/${golden}`);
    expect(rgb).toHaveLength(expected.length);
    const differences = rgb.map((value, index) => Math.abs(value - (expected[index] ?? 0)));
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    expect(mean).toBeLessThan(LARGEST_MEAN_DIFFERENCE);
  });
});
