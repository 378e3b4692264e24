import { type Parts, requireAtMost, viewOf } from '../parts.ts';

export const WEBP_MAX_PARTS = { chunks: 5000 } as const;

/**
 * Counts RIFF chunks. Every frame of an animation is one.
 *
 * @throws ServiceError `invalid_image`
 */
export function countWebpParts(bytes: Uint8Array): Parts {
  const view = viewOf(bytes);
  let count = 0;
  for (let at = 12; at + 8 <= bytes.byteLength; ) {
    count += 1;
    requireAtMost(WEBP_MAX_PARTS.chunks, count, 'chunks');
    const size = view.getUint32(at + 4, true);
    at += 8 + size + (size % 2);
  }
  // The whole file may be a profile or a text, which are copied.
  return { count, metadataBytes: 2 * bytes.byteLength };
}
