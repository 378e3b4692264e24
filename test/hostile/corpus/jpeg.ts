import { jpegSegment, withSegments } from '../bombs.ts';
import { latin1, u16be } from '../bytes.ts';
import { picture, rgb, stored, turned, type Variants } from './picture.ts';

/**
 * The same samples, declared as YCCK: transform 2 in the last byte of the Adobe segment (ITU-T T.872, 6.5.3).
 */
async function ycck(cmyk: Promise<Buffer>): Promise<Buffer> {
  const bytes = Buffer.from(await cmyk);
  const at = bytes.indexOf('Adobe', 0, 'latin1');
  if (at < 0) throw new Error('Expected an Adobe segment');
  bytes[at + 11] = 2;
  return bytes;
}

/** Segments that cameras and editors write, but no encoder of these tests. */
async function withManySegments(jpeg: Promise<Buffer>): Promise<Buffer> {
  const thumbnail = Buffer.alloc(3 * 4, 9);
  return withSegments(
    await jpeg,
    jpegSegment(
      0xe0,
      Buffer.concat([
        latin1('JFIF\0'),
        Buffer.from([1, 2, 1]),
        u16be(72, 72),
        Buffer.from([2, 2]),
        thumbnail,
      ]),
    ),
    jpegSegment(0xe1, latin1('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')),
    jpegSegment(0xed, latin1('Photoshop 3.0\u00008BIM\u0004\u0004\0\0\0\0\0\0')),
    jpegSegment(0xfe, latin1('a comment')),
  );
}

export function jpegs(): Variants {
  const cmyk = rgb().toColourspace('cmyk').jpeg().toBuffer();
  return {
    'jpeg baseline': rgb().jpeg().toBuffer(),
    'jpeg 4:4:4 with optimised tables': rgb().jpeg({ mozjpeg: true, chromaSubsampling: '4:4:4' }).toBuffer(),
    'jpeg progressive': rgb().jpeg({ progressive: true }).toBuffer(),
    'jpeg CMYK with its profile': rgb().toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer(),
    'jpeg CMYK': cmyk,
    'jpeg YCCK': ycck(cmyk),
    'jpeg grey': picture(80, 80, 1).toColourspace('b-w').jpeg().toBuffer(),
    'jpeg with EXIF, upside down': rgb()
      .withExif({ IFD0: { Copyright: 'none', ImageDescription: 'x'.repeat(200) } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer(),
    'jpeg with many segments': withManySegments(rgb().jpeg().toBuffer()),
    'jpeg arithmetic': stored('arithmetic.jpg'),
    'jpeg arithmetic, progressive': stored('arithmetic-progressive.jpg'),
    'jpeg with restarts': stored('restarts.jpg'),
    'jpeg with odd sampling': stored('odd-sampling.jpg'),
    'jpeg RGB': stored('rgb.jpg'),
    ...turned('jpeg', (image) => image.jpeg()),
  };
}
