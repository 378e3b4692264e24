import { progressiveJpeg } from './bombs.ts';
import { flat, flatGif, flatPng, flatTiff, flatWebp, upsideDown } from './flat.ts';

/**
 * Valid images of extreme shapes: as long and thin as a format allows, or with about as many pixels as the
 * service accepts. They are not damaged, so they reach the decoders. They have one colour, so they are small
 * to send.
 */

const MOST_PIXELS = 50_000_000;

const MAKERS: Readonly<Record<string, () => Buffer | Promise<Buffer>>> = {
  'jpeg 1 x 65500': () => flat(1, 65_500).jpeg().toBuffer(),
  'jpeg 65500 x 1': () => flat(65_500, 1).jpeg().toBuffer(),
  'jpeg 15 x 65500': () => flat(15, 65_500).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(),
  'jpeg 2 x 65500, on its side': () => upsideDown(flat(2, 65_500).jpeg().toBuffer()),
  'jpeg 1 x 65500, progressive': () => flat(1, 65_500).jpeg({ progressive: true }).toBuffer(),
  'jpeg 65500 x 763, grey, progressive': () => progressiveJpeg(65_500, 763, 9),
  'jpeg 7071 x 7071, grey, progressive, on its side': () =>
    upsideDown(Promise.resolve(progressiveJpeg(7071, 7071, 20))),
  'png 49,999,999 x 1, 16 bits, alpha': () => flatPng(49_999_999, 1, { bitDepth: 16, colourType: 6 }),
  'png 65535 x 762, 16 bits, alpha': () => flatPng(65_535, 762, { bitDepth: 16, colourType: 6 }),
  'png 65535 x 762, 16 bits, alpha, interlaced': () =>
    flatPng(65_535, 762, { bitDepth: 16, colourType: 6, interlaced: true }),
  'png 762 x 65535, 16 bits, grey': () => flatPng(762, 65_535, { bitDepth: 16, colourType: 0 }),
  'png 1 x 65535': () => flatPng(1, 65_535, { colourType: 2 }),
  'png 1 x 9,999,999': () => flatPng(1, 9_999_999, { colourType: 2 }),
  'png 25,000,000 x 2, interlaced': () => flatPng(25_000_000, 2, { colourType: 0, interlaced: true }),
  'png 7071 x 7071, 16 bits, alpha': () => flatPng(7071, 7071, { bitDepth: 16, colourType: 6 }),
  'png 50,000,000 x 1, 1 bit': () => flatPng(MOST_PIXELS, 1, { bitDepth: 1, colourType: 0 }),
  'png 3 x 1,000,000, interlaced': () =>
    flatPng(3, 1_000_000, { bitDepth: 16, colourType: 4, interlaced: true }),
  'webp 16383 x 3051': () => flatWebp(16_383, 3051),
  'webp 1 x 16383': () => flatWebp(1, 16_383),
  'webp 16383 x 1, lossy': () => flat(16_383, 1).webp({ effort: 0 }).toBuffer(),
  'gif 65535 x 762': () => flatGif(65_535, 762),
  'gif 1 x 65535': () => flatGif(1, 65_535),
  'avif 4082 x 4082': () => flat(4082, 4082).avif({ effort: 0 }).toBuffer(),
  'avif 5000 x 5000, 12 bits': () => flat(5000, 5000).avif({ effort: 0, bitdepth: 12 }).toBuffer(),
  'avif 16384 x 16': () => flat(16_384, 16).avif({ effort: 0 }).toBuffer(),
  'tiff 49,999,999 x 1, float RGB': () => flatTiff(49_999_999, 1, { bits: 32, samples: 3, float: true }),
  'tiff 65535 x 762, float RGB': () => flatTiff(65_535, 762, { bits: 32, samples: 3, float: true }),
  'tiff 762 x 65535 in one strip': () => flatTiff(762, 65_535, { bits: 8, samples: 3 }),
  'tiff 1 x 4,000,000': () => flatTiff(1, 4_000_000, { bits: 8, samples: 1 }),
  'tiff 7071 x 7071 in one strip, 16 bits, alpha': () => flatTiff(7071, 7071, { bits: 16, samples: 4 }),
  'tiff 4096 x 4096 in one tile': () => flatTiff(4096, 4096, { bits: 8, samples: 3, tiled: true }),
};

export const GIANTS: readonly string[] = Object.keys(MAKERS);
const made = new Map<string, Promise<Buffer>>();

/** Makes an image when it is first needed, and keeps it. */
export function giant(name: string): Promise<Buffer> {
  const known = made.get(name);
  if (known) return known;
  const maker = MAKERS[name];
  if (!maker) throw new Error(`Expected one of ${GIANTS.join('; ')}; got ${name}`);
  const bytes = Promise.resolve(maker());
  made.set(name, bytes);
  return bytes;
}
