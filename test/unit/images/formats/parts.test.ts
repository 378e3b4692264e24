import { expect, test } from 'vitest';
import { FORMATS } from '../../../../lambda/images/formats/table.ts';
import * as bombs from '../../../hostile/bombs.ts';
import { encode, quartersImage } from '../../../support/images.ts';
import { readRepositoryFile } from '../../../support/model.ts';

const webp = await encode('webp', 16, 16);
const cat = readRepositoryFile('examples/cat.jpg');
const comments = (count: number) =>
  Buffer.concat(Array.from({ length: count }, () => bombs.jpegSegment(0xfe, Buffer.from('\xff\xda'))));

test.each([
  // The first scan, of the DC coefficients, counts too.
  ['jpeg', 'scans', (count: number) => bombs.progressiveJpeg(16, 16, count - 1), FORMATS.jpeg.maxParts.scans],
  ['tiff', 'pages', bombs.tiffPages, FORMATS.tiff.maxParts.pages],
  // VP8X and ANIM are chunks too.
  [
    'webp',
    'chunks',
    (count: number) => bombs.animatedWebp(16, count - 2, webp),
    FORMATS.webp.maxParts.chunks,
  ],
] as const)('a %s may have as many %s as its limit, and not one more', (format, parts, make, limit) => {
  expect(() => FORMATS[format].countParts(make(limit))).not.toThrow();
  expect(() => FORMATS[format].countParts(make(limit + 1))).toThrow(`at most ${limit} ${parts}`);
});

test('JPEG segments are counted regardless of their content', () => {
  expect(() => FORMATS.jpeg.countParts(bombs.withSegments(cat, comments(4900)))).not.toThrow();
  expect(() => FORMATS.jpeg.countParts(bombs.withSegments(cat, comments(5001)))).toThrow('segments');
});

test('bytes after the end of a JPEG are ignored, such as the video of a motion photo', () => {
  const video = Buffer.alloc(1_000_000, Buffer.from([0xff, 0xda, 0, 2]));
  expect(() => FORMATS.jpeg.countParts(Buffer.concat([cat, video]))).not.toThrow();
});

test('an end marker inside a comment is ignored', () => {
  const jpeg = bombs.progressiveJpeg(16, 16, 200);
  const hidden = bombs.withSegments(jpeg, bombs.jpegSegment(0xfe, Buffer.from([0xff, 0xd9])));
  expect(() => FORMATS.jpeg.countParts(hidden)).toThrow('scans');
});

test('a TIFF whose last page points back to its first is refused', () => {
  expect(() => FORMATS.tiff.countParts(bombs.tiffLoop())).toThrow('pages');
});

test('a real progressive JPEG is accepted', async () => {
  const jpeg = await quartersImage().jpeg({ progressive: true, mozjpeg: true }).toBuffer();
  expect(() => FORMATS.jpeg.countParts(jpeg)).not.toThrow();
});
