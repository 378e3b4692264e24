import sharp from 'sharp';
import { Random } from './random.ts';

export interface Sample {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A gradient with noise on it: smooth and rough places, so that every coding tool of a format is used. */
function pixels(width: number, height: number, channels: number): Buffer {
  const random = new Random(1);
  return Buffer.from(
    Array.from({ length: width * height * channels }, (_, at) => ((at >> 3) & 0xff) ^ random.below(16)),
  );
}

const picture = (width: number, height: number, channels: 1 | 3 | 4 = 3) =>
  sharp(pixels(width, height, channels), { raw: { width, height, channels } });

/** Small images that use every format and the variants of each, so that one takes few milliseconds to decode. */
export async function createCorpus(): Promise<readonly Sample[]> {
  const rgb = picture(96, 64);
  const rgba = picture(72, 96, 4);
  const frames = () =>
    sharp(pixels(64, 3 * 48, 3), { raw: { width: 64, height: 3 * 48, channels: 3, pageHeight: 48 } });
  const images = {
    'jpeg baseline': rgb.clone().jpeg(),
    'jpeg 4:4:4 with optimised tables': rgb.clone().jpeg({ mozjpeg: true, chromaSubsampling: '4:4:4' }),
    'jpeg progressive': rgb.clone().jpeg({ progressive: true }),
    'jpeg CMYK with its profile': rgb.clone().toColourspace('cmyk').withIccProfile('cmyk').jpeg(),
    'jpeg grey': picture(80, 80, 1).toColourspace('b-w').jpeg(),
    'jpeg with EXIF, upside down': rgb
      .clone()
      .withExif({ IFD0: { Copyright: 'none', ImageDescription: 'x'.repeat(200) } })
      .withMetadata({ orientation: 6 })
      .jpeg(),
    'png 8 bit': rgb.clone().png(),
    'png 16 bit': rgb.clone().toColourspace('rgb16').png(),
    'png palette': rgb.clone().png({ palette: true, colours: 32 }),
    'png interlaced': rgb.clone().png({ progressive: true }),
    'png alpha': rgba.clone().png(),
    'png grey': picture(80, 80, 1).toColourspace('b-w').png(),
    'png with a profile': rgb.clone().withIccProfile('p3').png(),
    'webp lossy': rgb.clone().webp({ effort: 0 }),
    'webp lossless': rgb.clone().webp({ lossless: true, effort: 0 }),
    'webp lossy with alpha': rgba.clone().webp({ effort: 0 }),
    'webp animated': frames().webp({ effort: 0 }),
    gif: rgb.clone().gif({ effort: 1 }),
    'gif animated': frames().gif({ effort: 1 }),
    avif: rgb.clone().avif({ effort: 0 }),
    'avif alpha': rgba.clone().avif({ effort: 0 }),
    'tiff none': rgb.clone().tiff({ compression: 'none' }),
    'tiff lzw': rgb.clone().tiff({ compression: 'lzw', predictor: 'horizontal' }),
    'tiff deflate': rgba.clone().tiff({ compression: 'deflate' }),
    'tiff packbits, one bit': picture(80, 80, 1)
      .toColourspace('b-w')
      .tiff({ compression: 'packbits', bitdepth: 1 }),
    'tiff jpeg': rgb.clone().tiff({ compression: 'jpeg' }),
    'tiff tiled': rgb.clone().tiff({ compression: 'deflate', tile: true, tileWidth: 32, tileHeight: 32 }),
    'tiff pyramid': picture(160, 160).tiff({
      compression: 'lzw',
      tile: true,
      pyramid: true,
      tileWidth: 32,
      tileHeight: 32,
    }),
  };
  return Promise.all(
    Object.entries(images).map(async ([name, image]) => ({ name, bytes: await image.toBuffer() })),
  );
}
