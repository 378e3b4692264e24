import sharp, { type JpegOptions } from 'sharp';
import { describe, expect, test } from 'vitest';
import { readJpegHeader } from '../../../../../lambda/images/formats/jpeg/header.ts';
import { quartersImage } from '../../../../support/images.ts';
import { readRepositoryFile } from '../../../../support/model.ts';

const jpeg = (options: JpegOptions = {}) => quartersImage(320, 260).jpeg(options);

describe('readJpegHeader agrees with the library', () => {
  test.each([
    ['baseline', () => jpeg().toBuffer()],
    ['progressive', () => jpeg({ progressive: true }).toBuffer()],
    ['grey', () => jpeg().toColourspace('b-w').toBuffer()],
    ['CMYK', () => jpeg().toColourspace('cmyk').toBuffer()],
    ['with a profile', () => jpeg().withIccProfile('p3').toBuffer()],
    [
      'with EXIF but no orientation',
      () =>
        jpeg()
          .withExif({ IFD0: { Copyright: 'nobody' } })
          .toBuffer(),
    ],
    ['with XMP', () => jpeg().withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>').toBuffer()],
    ...[1, 2, 3, 4, 5, 6, 7, 8].map(
      (orientation) =>
        [`orientation ${orientation}`, () => jpeg().withMetadata({ orientation }).toBuffer()] as const,
    ),
  ] as const)('%s', async (_name, encode) => {
    const bytes = await encode();
    const { width, height, orientation = 1, channels } = await sharp(bytes).metadata();
    expect(readJpegHeader(bytes)).toMatchObject({ width, height, orientation, components: channels });
  });

  test.each(['cat.jpg', 'espresso.jpg', 'rocket.jpg', 'astronaut.jpg'])('%s', async (name) => {
    const bytes = readRepositoryFile(`examples/${name}`);
    const { width, height } = await sharp(bytes).metadata();
    expect(readJpegHeader(bytes)).toMatchObject({ width, height, components: 3, isPlain: true });
  });
});

describe('unusual files are left to the library', () => {
  test('incomplete headers of every length', async () => {
    const bytes = await jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
    for (let length = 2; length < frame + 10; length += 1) {
      expect(readJpegHeader(bytes.subarray(0, length)), `${length} bytes`).toBeUndefined();
    }
  });

  test('an unknown orientation, a directory outside the segment, and two EXIF segments', async () => {
    const bytes = await jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const exif = bytes.indexOf('Exif\0\0');
    const tag = bytes.indexOf(Buffer.from([0x01, 0x12]), exif) >= 0 ? [0x01, 0x12] : [0x12, 0x01];
    const entry = bytes.indexOf(Buffer.from(tag), exif);
    const value = tag[0] === 0x12 ? entry + 8 : entry + 9;

    const unknown = Buffer.from(bytes);
    unknown[value] = 9;
    expect(readJpegHeader(unknown)).toBeUndefined();

    const outside = Buffer.from(bytes);
    outside.fill(0x7f, exif + 6 + 4, exif + 6 + 8);
    expect(readJpegHeader(outside)).toBeUndefined();

    const length = bytes.readUInt16BE(exif - 2);
    const segment = bytes.subarray(exif - 4, exif - 2 + length);
    const twice = Buffer.concat([bytes.subarray(0, exif - 4), segment, bytes.subarray(exif - 4)]);
    expect(readJpegHeader(twice)).toBeUndefined();
  });
});
