import { describe, expect, test } from 'vitest';
import { detectFormat, requireFormat } from '../../../../lambda/images/formats/detect.ts';
import { FORMAT_TITLES, FORMATS, IMAGE_FORMATS } from '../../../../lambda/images/formats/table.ts';
import { encode } from '../../../support/images.ts';

const text = (value: string) => Buffer.from(value.padEnd(64, ' '));
const ftyp = (major: string, ...others: string[]) =>
  Buffer.concat([
    Buffer.from([0, 0, 0, 16 + 4 * others.length]),
    Buffer.from(`ftyp${major}\0\0\0\0${others.join('')}`),
    Buffer.alloc(64),
  ]);

describe('formats are detected from their first bytes', () => {
  test.each(IMAGE_FORMATS)('%s', async (format) => {
    const bytes = await encode(format);
    expect(detectFormat(bytes)).toBe(format);
    expect(IMAGE_FORMATS.filter((other) => FORMATS[other].matches(bytes))).toEqual([format]);
  });

  test.each([
    ['little-endian TIFF', Buffer.from('II*\0'.padEnd(16, '\0')), 'tiff'],
    ['big-endian TIFF', Buffer.from('MM\0*'.padEnd(16, '\0')), 'tiff'],
    ['an AVIF sequence', ftyp('avis'), 'avif'],
    ['AVIF by a compatible brand', ftyp('mif1', 'miaf', 'avif'), 'avif'],
    ['a TIFF that looks like AVIF further on', Buffer.from('II*\0ftypavif\0\0\0\0'), 'tiff'],
  ] as const)('%s', (_name, bytes, format) => {
    expect(detectFormat(bytes)).toBe(format);
  });

  test.each([
    ['a PDF document', text('%PDF-1.7')],
    ['an SVG image', text('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['an SVG image', text('\n<?xml version="1.0"?><svg/>')],
    ['a BMP image', text('BM6')],
    ['an HTML page', text('<!DOCTYPE html>')],
    ['a HEIC image', ftyp('heic', 'mif1')],
    ['a BigTIFF image (TIFF with 64-bit offsets)', text('II+\0\u0008')],
    ['a BigTIFF image (TIFF with 64-bit offsets)', text('MM\0+\0\u0008')],
    ['an unknown format', text('PK\u0003\u0004')],
    ['an unknown format', ftyp('isom', 'mp42')],
    ['an unknown format', Buffer.from([0xff, 0xd8])],
  ])('%s is refused, and the message names it', (name, bytes) => {
    expect(() => requireFormat(bytes)).toThrowError(
      expect.objectContaining({
        code: 'unsupported_media_type',
        detail: `Expected a ${FORMAT_TITLES} image, got ${name} (detected from its first bytes).`,
      }),
    );
  });

  test('an empty file is an invalid request', () => {
    expect(() => requireFormat(new Uint8Array())).toThrowError(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });
});
