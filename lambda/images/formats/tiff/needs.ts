import { ServiceError } from '../../../errors.ts';
import { JPEG_MAX_PARTS } from '../jpeg/parts.ts';
import { type DecoderNeeds, type FileFacts, ms, pixels, vipsPixelBytes } from '../needs.ts';
import { readTiffLayout, type TiffLayout } from './header.ts';

/** Nanoseconds for a strip or a tile of any size. */
const PIECE_NS = 18_000;

/** @throws ServiceError `invalid_image` for tiles of separate planes, which libvips does not read. */
export function tiffNeeds({ metadata, bytes }: FileFacts): DecoderNeeds {
  const layout = readTiffLayout(bytes);
  if (layout?.tile && layout.isSeparate) {
    throw new ServiceError(
      'invalid_image',
      'Expected a TIFF with strips or with interleaved tiles, got one with separate tiles for each colour plane.',
    );
  }
  const pixelBytes = vipsPixelBytes(metadata);
  const allBytes = pixels(metadata) * pixelBytes;
  const scans = hasProgressiveJpeg(bytes, layout) ? JPEG_MAX_PARTS.scans : 1;
  return {
    pixelBytes,
    tile: layout?.tile,
    heldBytes: (layout ? tiffHeldBytes(layout, pixelBytes) : 3 * allBytes) + (scans > 1 ? 2 * allBytes : 0),
    decoderMs: ms(allBytes, 5 + 0.5 * scans) + ms(layout ? pieceCount(layout) : pixels(metadata), PIECE_NS),
  };
}

/** Compressions decoded row by row: none, LZW, Deflate (two numbers), PackBits, Zstandard and LZMA. */
const BY_ROW = new Set([1, 5, 8, 32946, 32773, 50000, 34925]);
/**
 * Photometrics that can be read row by row: grey, RGB, palette, CMYK and CIELAB, but not subsampled YCbCr.
 */
const PLAIN_PHOTOMETRICS = new Set([0, 1, 2, 3, 5, 8]);
/** libvips reads higher strips row by row if it can. */
const MAX_ROWS_AT_ONCE = 128;

/**
 * Bytes of the strips that libvips holds (`tiff2vips.c`): two in a cache, and one being read or put together
 * from its planes. Tiles are counted in `cost.ts`, which knows how many of them are read.
 *
 * @param pixelBytes bytes of a decoded pixel.
 */
export function tiffHeldBytes(layout: TiffLayout, pixelBytes: number): number {
  const { width, height, tile, rowsPerStrip = height, photometric, compression, isSeparate } = layout;
  if (tile) return 0;
  const readsRows =
    rowsPerStrip > MAX_ROWS_AT_ONCE &&
    !isSeparate &&
    BY_ROW.has(compression) &&
    PLAIN_PHOTOMETRICS.has(photometric);
  return readsRows ? 0 : (Math.min(height, 2 * rowsPerStrip) + rowsPerStrip) * width * pixelBytes;
}

/** Counts strips or tiles. */
function pieceCount(layout: TiffLayout): number {
  const { width, height, samples, isSeparate, tile, rowsPerStrip = height } = layout;
  const planes = isSeparate ? samples : 1;
  return tile
    ? planes * Math.ceil(width / tile.width) * Math.ceil(height / tile.height)
    : planes * Math.ceil(height / rowsPerStrip);
}

const JPEG_COMPRESSION = 7;
/** SOF2 and its length for one, three or four components (T.81, B.2.2). It cannot occur in coded data. */
const PROGRESSIVE_FRAMES = [11, 17, 20].map((length) => Buffer.from([0xff, 0xc2, 0, length]));

/** Whether it may contain progressive JPEGs. No camera writes them, and each may have a hundred scans. */
export function hasProgressiveJpeg(bytes: Uint8Array, layout: TiffLayout | undefined): boolean {
  if (layout && layout.compression !== JPEG_COMPRESSION) return false;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return PROGRESSIVE_FRAMES.some((frame) => file.includes(frame));
}
