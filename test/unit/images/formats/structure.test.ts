import { expect, test } from 'vitest';
import { MAX_PARTS } from '../../../../lambda/images/formats/parts.ts';
import { requireFewParts } from '../../../../lambda/images/formats/structure.ts';
import * as bombs from '../../../hostile/bombs.ts';
import { encode, quartersImage } from '../../../support/images.ts';
import { readRepositoryFile } from '../../../support/model.ts';

const webp = await encode('webp', 16, 16);
const cat = readRepositoryFile('examples/cat.jpg');
const comments = (count: number) =>
  Buffer.concat(Array.from({ length: count }, () => bombs.jpegSegment(0xfe, Buffer.from('\xff\xda'))));

test.each([
  // The first scan of a progressive JPEG, that of the DC coefficients, counts as well.
  ['jpeg', 'scans', (count: number) => bombs.progressiveJpeg(16, 16, count - 1), MAX_PARTS.jpegScans],
  ['tiff', 'pages', bombs.tiffPages, MAX_PARTS.tiffPages],
  // VP8X and ANIM are chunks too.
  ['webp', 'chunks', (count: number) => bombs.animatedWebp(16, count - 2, webp), MAX_PARTS.webpChunks],
] as const)('a %s may have as many %s as the limit says, and no more', (format, parts, make, limit) => {
  expect(() => requireFewParts(make(limit), format)).not.toThrow();
  expect(() => requireFewParts(make(limit + 1), format)).toThrow(`at most ${limit} ${parts}`);
});

test('JPEG segments are counted whatever they hold', () => {
  expect(() => requireFewParts(bombs.withSegments(cat, comments(4900)), 'jpeg')).not.toThrow();
  expect(() => requireFewParts(bombs.withSegments(cat, comments(5001)), 'jpeg')).toThrow('segments');
});

test('what follows the end of a JPEG is not part of it, as with the film of a moving photo', () => {
  const film = Buffer.alloc(1_000_000, Buffer.from([0xff, 0xda, 0, 2]));
  expect(() => requireFewParts(Buffer.concat([cat, film]), 'jpeg')).not.toThrow();
});

test('an end hidden in a comment ends nothing', () => {
  const jpeg = bombs.progressiveJpeg(16, 16, 200);
  const hidden = bombs.withSegments(jpeg, bombs.jpegSegment(0xfe, Buffer.from([0xff, 0xd9])));
  expect(() => requireFewParts(hidden, 'jpeg')).toThrow('scans');
});

test('a TIFF whose pages go round is refused', () => {
  expect(() => requireFewParts(bombs.tiffLoop(), 'tiff')).toThrow('pages');
});

test('a real progressive JPEG passes', async () => {
  const jpeg = await quartersImage().jpeg({ progressive: true, mozjpeg: true }).toBuffer();
  expect(() => requireFewParts(jpeg, 'jpeg')).not.toThrow();
});
