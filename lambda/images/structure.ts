import { ServiceError } from '../errors.ts';
import type { ImageFormat } from './format.ts';

/**
 * How often a part may come of which a file can hold any number, where the decoder spends far more time on the part
 * than the file spends bytes on it. Decoding cannot be interrupted, so it is counted beforehand. Measured with
 * libvips 8.18: 10,000 empty scans of a 49-megapixel JPEG (1 MB) took 47 s, 190,000 frames of a WebP (19 MB) over
 * 120 s, 160,000 pages of a TIFF (18 MB) 5 s, and 1.9 million JPEG segments (19 MB) took 750 MB of memory.
 */
export const MAX_PARTS = {
  /** libjpeg's own progressive script has 10. */
  jpegScans: 100,
  jpegSegments: 5000,
  webpChunks: 5000,
  tiffPages: 5000,
} as const;

/**
 * Refuses files made to keep a decoder busy. Takes no position on whether the rest of the file is sound.
 *
 * @returns the number of parts that were counted: scans, chunks or pages; 1 where none are.
 * @throws ServiceError `invalid_image`
 */
export function requireFewParts(bytes: Uint8Array, format: ImageFormat): number {
  if (format === 'jpeg') return countJpegScans(bytes);
  if (format === 'webp') return countWebpChunks(bytes);
  if (format === 'tiff') return countTiffPages(bytes);
  return 1;
}

/** Goes from marker to marker as libjpeg does, through entropy-coded data and garbage alike (ITU-T T.81, B.1.1). */
function countJpegScans(bytes: Uint8Array): number {
  let scans = 0;
  let segments = 0;
  for (let at = nextMarker(bytes, 2); at >= 0 && at + 3 < bytes.byteLength; at = nextMarker(bytes, at + 1)) {
    const marker = bytes[at + 1] as number;
    // Stuffed and fill bytes, TEM and restarts are not followed by a length.
    if (marker <= 0x01 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd8)) continue;
    if (marker === 0xd9) return scans;
    segments += 1;
    requireAtMost(MAX_PARTS.jpegSegments, segments, 'segments');
    if (marker === 0xda) {
      scans += 1;
      requireAtMost(MAX_PARTS.jpegScans, scans, 'scans');
    }
    at += 1 + (((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number));
  }
  return scans;
}

/** In entropy-coded data one byte in 256 is 0xFF: far enough apart for `indexOf`, which takes a while to start. */
const NEAR = 32;

/** `indexOf(0xff, from)`, and as fast for a file that is made of nothing else. */
function nextMarker(bytes: Uint8Array, from: number): number {
  const near = Math.min(from + NEAR, bytes.byteLength);
  for (let at = from; at < near; at += 1) if (bytes[at] === 0xff) return at;
  return bytes.indexOf(0xff, near);
}

/** RIFF chunks, of which every frame of an animation is one. */
function countWebpChunks(bytes: Uint8Array): number {
  const view = viewOf(bytes);
  let chunks = 0;
  for (let at = 12; at + 8 <= bytes.byteLength; ) {
    chunks += 1;
    requireAtMost(MAX_PARTS.webpChunks, chunks, 'chunks');
    const size = view.getUint32(at + 4, true);
    at += 8 + size + (size % 2);
  }
  return chunks;
}

/** The chain of directories, each of which is a page (TIFF 6.0, section 2); one that goes round never ends. */
function countTiffPages(bytes: Uint8Array): number {
  const view = viewOf(bytes);
  const littleEndian = bytes[0] === 0x49;
  let pages = 0;
  for (let at = 4; at + 4 <= bytes.byteLength; ) {
    const directory = view.getUint32(at, littleEndian);
    if (directory === 0 || directory + 2 > bytes.byteLength) return pages;
    pages += 1;
    requireAtMost(MAX_PARTS.tiffPages, pages, 'pages');
    at = directory + 2 + 12 * view.getUint16(directory, littleEndian);
  }
  return pages;
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

function requireAtMost(maximum: number, count: number, parts: string): void {
  if (count <= maximum) return;
  throw new ServiceError(
    'invalid_image',
    `Expected an image of at most ${maximum} ${parts}, got more: it is made to keep a decoder busy.`,
  );
}
