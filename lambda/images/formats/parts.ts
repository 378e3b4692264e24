import { ServiceError } from '../../errors.ts';

/**
 * What was counted in a file before any library has seen it.
 *
 * In some formats, a part of a few bytes costs the decoder far more than its size, and a file may have any
 * number of them. So each format has a limit. Measured with libvips 8.18: 10,000 empty scans of a
 * 49-megapixel JPEG (1 MB) took 47 s, 190,000 frames of a WebP (19 MB) over 120 s, 160,000 pages of a TIFF
 * (18 MB) 5 s, 1.9 million JPEG segments (19 MB) 750 MB of memory, and 2400 compressed texts of a PNG (18 MB)
 * 3.8 GB and 11 s.
 */
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
    `Expected an image with at most ${maximum} ${parts}, got more. Such files are made to keep a decoder busy.`,
  );
}

export const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);
