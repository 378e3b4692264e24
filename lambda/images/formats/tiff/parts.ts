import { type Parts, requireAtMost, viewOf } from '../parts.ts';

export const TIFF_MAX_PARTS = { pages: 5000 } as const;

/**
 * Follows the chain of directories, each of which is a page (TIFF 6.0, section 2). A chain that forms a loop
 * never ends, so it has too many pages.
 *
 * @throws ServiceError `invalid_image`
 */
export function countTiffParts(bytes: Uint8Array): Parts {
  const view = viewOf(bytes);
  const littleEndian = bytes[0] === 0x49;
  let count = 0;
  for (let at = 4; at + 4 <= bytes.byteLength; ) {
    const directory = view.getUint32(at, littleEndian);
    if (directory === 0 || directory + 2 > bytes.byteLength) break;
    count += 1;
    requireAtMost(TIFF_MAX_PARTS.pages, count, 'pages');
    at = directory + 2 + 12 * view.getUint16(directory, littleEndian);
  }
  // Tables of strips, texts and profiles may make up the whole file, and are read and copied.
  return { count, metadataBytes: 2 * bytes.byteLength };
}
