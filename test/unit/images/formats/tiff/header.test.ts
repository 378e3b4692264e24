import { describe, expect, test } from 'vitest';
import { readTiffLayout } from '../../../../../lambda/images/formats/tiff/header.ts';
import { hasProgressiveJpeg, tiffHeldBytes } from '../../../../../lambda/images/formats/tiff/needs.ts';
import { zeroTiff } from '../../../../hostile/tiff-bombs.ts';
import { quartersImage } from '../../../../support/images.ts';

const layoutOf = (bytes: Uint8Array) => readTiffLayout(bytes) ?? expect.unreachable('no layout');
const size = { width: 300, height: 200 } as const;

describe('how a TIFF stores its pixels', () => {
  test('strips and tiles', () => {
    expect(readTiffLayout(zeroTiff({ ...size, rowsPerStrip: 16, bits: 16 }))).toMatchObject({
      ...size,
      samples: 3,
      bits: 16,
      rowsPerStrip: 16,
      tile: undefined,
      isSeparate: false,
    });
    const tile = { width: 64, height: 32 };
    expect(readTiffLayout(zeroTiff({ ...size, tile }))).toMatchObject({ tile, rowsPerStrip: undefined });
  });

  test('an incomplete directory, which is left to the library', () => {
    const tiff = zeroTiff(size);
    for (let length = 12; length < tiff.length; length += 7) {
      expect(readTiffLayout(tiff.subarray(0, length))).toBeUndefined();
    }
  });
});

describe('how much of the picture libvips keeps in memory', () => {
  test('nothing of one high strip, which is read row by row, unless its planes are separate', () => {
    expect(tiffHeldBytes(layoutOf(zeroTiff(size)), 3)).toBe(0);
    expect(tiffHeldBytes(layoutOf(zeroTiff({ ...size, separate: true })), 3)).toBe(2 * 300 * 200 * 3);
  });

  test('JPEG strips completely, because they are read as a whole', async () => {
    const jpeg = await quartersImage(300, 600).tiff({ compression: 'jpeg' }).toBuffer();
    expect(tiffHeldBytes({ ...layoutOf(jpeg), rowsPerStrip: 600 }, 3)).toBe(2 * 300 * 600 * 3);
  });
});

test('a progressive JPEG inside a TIFF is detected', async () => {
  const tiff = await quartersImage(300, 200).tiff({ compression: 'jpeg' }).toBuffer();
  const layout = layoutOf(tiff);
  expect(hasProgressiveJpeg(tiff, layout)).toBe(false);
  const progressive = await quartersImage(300, 200).jpeg({ progressive: true }).toBuffer();
  expect(hasProgressiveJpeg(Buffer.concat([tiff, progressive]), layout)).toBe(true);
});
