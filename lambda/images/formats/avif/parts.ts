import { ServiceError } from '../../../errors.ts';
import type { Parts } from '../parts.ts';
import { ascii } from '../signature.ts';

export const AVIF_MAX_PARTS = {
  /** Coded frames of one still: a layered one has up to four (AVIF 1.1, 2.3.2). */
  frames: 4,
} as const;

/**
 * Counts nothing: `header.ts` reads the boxes, and with them the frames. libheif keeps a copy of the data of
 * each item.
 *
 * @throws ServiceError `invalid_image` for an image sequence, which libvips does not read.
 */
export function countAvifParts(bytes: Uint8Array): Parts {
  if (ascii(bytes, 8, 12) === 'avis') {
    throw new ServiceError('invalid_image', 'Expected a still AVIF image, got an AVIF image sequence.');
  }
  return { count: 1, metadataBytes: bytes.byteLength };
}
