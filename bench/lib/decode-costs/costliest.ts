import sharp from 'sharp';
import { FORMATS, type ImageFormat } from '../../../lambda/images/formats/table.ts';
import { gif, png, pngChunk, progressiveJpeg } from '../../../test/hostile/bombs.ts';
import { zeroTiff } from '../../../test/hostile/tiff-bombs.ts';

export interface CostlyBody {
  readonly format: ImageFormat;
  readonly what: string;
  readonly make: () => Buffer | Promise<Buffer>;
}

/** As wide as the limits allow, with as many pixels as they allow. */
const WIDE = { width: 65_000, height: 769 } as const;
const SQUARE = { width: 7000, height: 7000 } as const;

const plain = ({ width, height }: { readonly width: number; readonly height: number }, alpha = false) =>
  sharp({
    create: { width, height, channels: alpha ? 4 : 3, background: { r: 200, g: 100, b: 50, alpha: 0.5 } },
    limitInputPixels: false,
  });

const text = pngChunk('tEXt', Buffer.concat([Buffer.from('k\0'), Buffer.alloc(7_900_000, 'a')]));

/**
 * For each format, the images within the limits that need the most memory or CPU time, of all that were
 * tried.
 */
export const COSTLIEST: readonly CostlyBody[] = [
  {
    format: 'jpeg',
    what: 'CMYK, maximum width',
    make: () => plain(WIDE).toColourspace('cmyk').jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(),
  },
  {
    format: 'jpeg',
    what: 'progressive 4:4:4, maximum width',
    make: () => plain(WIDE).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
  },
  {
    format: 'jpeg',
    what: `grey in ${FORMATS.jpeg.maxParts.scans} scans`,
    make: () => progressiveJpeg(SQUARE.width, SQUARE.height, FORMATS.jpeg.maxParts.scans - 1),
  },
  {
    format: 'png',
    what: '16-bit RGBA, maximum width',
    make: () => png(WIDE.width, WIDE.height, { bitDepth: 16, colourType: 6 }),
  },
  {
    format: 'png',
    what: '16-bit RGBA, interlaced',
    make: () => png(SQUARE.width, SQUARE.height, { bitDepth: 16, colourType: 6, interlaced: true }),
  },
  { format: 'png', what: 'two texts of 8 MB', make: () => png(300, 300, { chunks: [text, text] }) },
  {
    format: 'webp',
    what: 'lossless, one colour',
    make: () => plain({ width: 16_383, height: 3050 }).webp({ lossless: true, effort: 0 }).toBuffer(),
  },
  {
    format: 'webp',
    what: 'lossy with alpha',
    make: () => plain({ width: 16_383, height: 3050 }, true).webp({ effort: 0 }).toBuffer(),
  },
  {
    format: 'gif',
    what: 'maximum width',
    make: () => plain(WIDE).gif({ effort: 1 }).toBuffer(),
  },
  {
    format: 'gif',
    what: `${FORMATS.gif.maxParts.frames} frames`,
    make: () => gif(300, 300, { frames: FORMATS.gif.maxParts.frames }),
  },
  {
    format: 'avif',
    what: '8-bit 4:4:4 of 5000 x 5000',
    make: () => plain({ width: 5000, height: 5000 }).avif({ effort: 0 }).toBuffer(),
  },
  {
    format: 'avif',
    what: '12-bit with alpha of 3400 x 3400',
    make: () => plain({ width: 3400, height: 3400 }, true).avif({ effort: 0, bitdepth: 12 }).toBuffer(),
  },
  {
    format: 'tiff',
    what: 'four 32-bit floats, maximum width for the memory',
    make: () => zeroTiff({ width: 50_000, height: 340, samples: 4, bits: 32, sampleFormat: 3 }),
  },
  {
    format: 'tiff',
    what: '16-bit RGBA in tiles of 16 x 16',
    make: () => zeroTiff({ ...SQUARE, samples: 4, bits: 16, tile: { width: 16, height: 16 } }),
  },
  {
    format: 'tiff',
    what: '8-bit RGBA in tiles of 8192 x 3040',
    make: () => zeroTiff({ width: 8000, height: 6000, samples: 4, tile: { width: 8192, height: 3040 } }),
  },
  {
    format: 'tiff',
    what: '16-bit planes in one strip each',
    make: () => zeroTiff({ ...SQUARE, height: 6000, bits: 16, separate: true }),
  },
  {
    format: 'tiff',
    what: 'CMYK, 8 bit',
    make: () => zeroTiff({ ...SQUARE, samples: 4, photometric: 5 }),
  },
];
