import { describe, expect, test } from 'vitest';
import { readAvifLayout } from '../../../../../lambda/images/formats/avif/header.ts';
import { avifGrid } from '../../../../hostile/avif-bombs.ts';
import { encode, quartersImage } from '../../../../support/images.ts';

const tile = await encode('avif', 64, 48);

describe('the pictures that an AVIF is made of', () => {
  test('one picture', () => {
    expect(readAvifLayout(tile)).toEqual({ codedPixels: 64 * 48, largestPixels: 64 * 48 });
  });

  test('alpha, which is a picture of its own', async () => {
    const alpha = await quartersImage(64, 48).ensureAlpha(0.5).avif({ effort: 0 }).toBuffer();
    expect(readAvifLayout(alpha)?.codedPixels).toBe(2 * 64 * 48);
  });

  test('each tile of a grid, counted as often as it is used', () => {
    expect(readAvifLayout(avifGrid(tile, { width: 64, height: 48, columns: 5, rows: 4 }))).toEqual({
      codedPixels: 20 * 64 * 48,
      largestPixels: 64 * 48,
    });
  });

  test('a still of at most four frames', () => {
    const grid = (frames: number) => avifGrid(tile, { width: 64, height: 48, columns: 1, rows: 1, frames });
    expect(readAvifLayout(grid(4))?.codedPixels).toBe(4 * 64 * 48);
    expect(() => readAvifLayout(grid(5))).toThrow('at most 4 frames');
  });

  test('data of millions of empty units, which is not read to its end', () => {
    const empty = Buffer.alloc(1_000_000, Buffer.from([0x12, 0x00]));
    const grid = avifGrid(tile, { width: 64, height: 48, columns: 1, rows: 1, before: empty });
    expect(readAvifLayout(grid)).toBeUndefined();
  });

  test('incomplete boxes, which are not followed', () => {
    for (let length = 12; length < tile.length; length += 1) {
      const layout = readAvifLayout(tile.subarray(0, length));
      if (layout) expect(layout.largestPixels).toBeLessThanOrEqual(64 * 48);
    }
    expect(readAvifLayout(tile.subarray(0, 100))).toBeUndefined();
  });
});
