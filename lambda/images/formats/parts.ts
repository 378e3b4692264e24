import { ServiceError } from '../../errors.ts';

/**
 * How often a part may come of which a file can hold any number, where the decoder spends far more on the part than the
 * file spends bytes on it. Measured with libvips 8.18: 10,000 empty scans of a 49-megapixel JPEG (1 MB) took 47 s,
 * 190,000 frames of a WebP (19 MB) over 120 s, 160,000 pages of a TIFF (18 MB) 5 s, 1.9 million JPEG segments (19 MB)
 * 750 MB of memory, and 2400 compressed texts of a PNG (18 MB) 3.8 GB and 11 s.
 */
export const MAX_PARTS = {
  /** libjpeg's own progressive script has 10. */
  jpegScans: 100,
  jpegSegments: 5000,
  /** Bytes of compressed texts and profiles, inflated as far as deflate can and libpng lets it: 8 of the largest. */
  pngInflatedBytes: 64_000_000,
  pngChunks: 100_000,
  webpChunks: 5000,
  gifFrames: 5000,
  tiffPages: 5000,
  /** Frames in the data of one still: a layered one has up to four (AVIF 1.1, 2.3.2). */
  avifFrames: 4,
} as const;

/** What was counted in a file, before any library has seen it. */
export interface Parts {
  /** Scans, chunks, frames or pages. */
  readonly count: number;
  /** Memory in bytes that texts, profiles and tables may take, all copies included. */
  readonly metadataBytes: number;
}

/** @throws ServiceError `invalid_image` */
export function requireAtMost(maximum: number, count: number, parts: string): void {
  if (count <= maximum) return;
  throw new ServiceError(
    'invalid_image',
    `Expected an image of at most ${maximum} ${parts}, got more: it is made to keep a decoder busy.`,
  );
}

export const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);
