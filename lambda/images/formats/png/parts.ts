import { type Parts, requireAtMost, viewOf } from '../parts.ts';

export const PNG_MAX_PARTS = {
  chunks: 100_000,
  /** Compressed texts and profiles, inflated as far as deflate can and libpng allows: 8 of the largest. */
  inflatedBytes: 64_000_000,
} as const;

/** Deflate's highest ratio: zlib.net, "Technical Details". */
const HIGHEST_RATIO = 1032;
/** libpng inflates no chunk beyond this (`PNG_USER_CHUNK_MALLOC_MAX`). */
const LARGEST_CHUNK = 8_000_000;
/** libpng, libvips and sharp keep a text, both for the header and for the pixels. */
const COPIES = 7;

const COMPRESSED = new Set(['zTXt', 'iTXt', 'iCCP']);

/**
 * Adds up the chunks that are not pixels (PNG, third edition, 5.3).
 *
 * @throws ServiceError `invalid_image`
 */
export function countPngParts(bytes: Uint8Array): Parts {
  const view = viewOf(bytes);
  let chunks = 0;
  let inflatedBytes = 0;
  let keptBytes = 0;
  for (let at = 8; at + 8 <= bytes.byteLength; ) {
    chunks += 1;
    requireAtMost(PNG_MAX_PARTS.chunks, chunks, 'chunks');
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const stored = Math.min(length, bytes.byteLength - at);
    if (COMPRESSED.has(type)) inflatedBytes += Math.min(LARGEST_CHUNK, stored * HIGHEST_RATIO);
    else if (type !== 'IDAT') keptBytes += stored;
    requireAtMost(PNG_MAX_PARTS.inflatedBytes, inflatedBytes, 'bytes of inflated text');
    if (type === 'IEND') break;
    at += 12 + length;
  }
  return { count: chunks, metadataBytes: COPIES * keptBytes + 2 * inflatedBytes };
}
