import { describe, expect, test } from 'vitest';
import { IMAGE_FORMATS, requireFormat, sniffFormat } from '../../../../lambda/images/formats/format.ts';
import { encode } from '../../../support/images.ts';

const text = (value: string) => Buffer.from(value.padEnd(64, ' '));
const ftyp = (major: string, ...others: string[]) =>
  Buffer.concat([
    Buffer.from([0, 0, 0, 16 + 4 * others.length]),
    Buffer.from(`ftyp${major}\0\0\0\0${others.join('')}`),
    Buffer.alloc(64),
  ]);

describe('formats are told by their magic bytes', () => {
  test.each(IMAGE_FORMATS)('%s', async (format) => {
    expect(sniffFormat(await encode(format))).toBe(format);
  });

  test.each([
    ['little-endian TIFF', Buffer.from('II*\0'.padEnd(16, '\0')), 'tiff'],
    ['big-endian TIFF', Buffer.from('MM\0*'.padEnd(16, '\0')), 'tiff'],
    ['an AVIF sequence', ftyp('avis'), 'avif'],
    ['AVIF by a compatible brand', ftyp('mif1', 'miaf', 'avif'), 'avif'],
  ] as const)('%s', (_name, bytes, format) => {
    expect(sniffFormat(bytes)).toBe(format);
  });

  test.each([
    ['PDF', text('%PDF-1.7')],
    ['SVG', text('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['SVG', text('\n<?xml version="1.0"?><svg/>')],
    ['BMP', text('BM6')],
    ['HTML', text('<!DOCTYPE html>')],
    ['HEIC', ftyp('heic', 'mif1')],
    ['something else', text('PK\u0003\u0004')],
    ['something else', ftyp('isom', 'mp42')],
    ['something else', Buffer.from([0xff, 0xd8])],
  ])('%s is refused by name', (name, bytes) => {
    expect(() => requireFormat(bytes)).toThrowError(
      expect.objectContaining({
        code: 'unsupported_media_type',
        detail: `Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image by its first bytes, got ${name}.`,
      }),
    );
  });

  test('no bytes are no image', () => {
    expect(() => requireFormat(new Uint8Array())).toThrowError(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });
});
