import { type Parts, requireAtMost } from '../parts.ts';

export const GIF_MAX_PARTS = { frames: 5000 } as const;

const IMAGE = 0x2c;
const EXTENSION = 0x21;
/** libnsgif keeps a table of the frames. */
const TABLE_ENTRY_BYTES = 100;

const colourTableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/**
 * Counts image descriptors (GIF89a, 20).
 *
 * @throws ServiceError `invalid_image`
 */
export function countGifParts(bytes: Uint8Array): Parts {
  let count = 0;
  let at = 13 + colourTableBytes(bytes[10] ?? 0);
  for (;;) {
    const block = bytes[at];
    if (block === IMAGE) {
      count += 1;
      requireAtMost(GIF_MAX_PARTS.frames, count, 'frames');
      // The descriptor, its colours and the code size.
      at += 11 + colourTableBytes(bytes[at + 9] ?? 0);
    } else if (block === EXTENSION) at += 2;
    else return { count, metadataBytes: TABLE_ENTRY_BYTES * count };
    // Sub-blocks, each after its length. The last one is empty.
    for (let size = bytes[at]; size; size = bytes[at]) at += 1 + size;
    at += 1;
  }
}
