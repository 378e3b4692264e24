import { requireAtMost } from './parts.ts';

/** The headers of EXIF's TIFF structure, little-endian and big-endian. */
const HEADERS = [
  { bytes: Buffer.from('II*\0', 'latin1'), littleEndian: true },
  { bytes: Buffer.from('MM\0*', 'latin1'), littleEndian: false },
] as const;

/** Of Exif, GPS and interoperability: each leads to a directory (EXIF 2.32, 4.6.3). */
const POINTER_TAGS: ReadonlySet<number> = new Set([0x8769, 0x8825, 0xa005]);
/** libexif reads no more. */
const MAX_EXIF_BYTES = 65_536;
/** A camera writes three. In a thumbnail of 64 KB the same bytes come six times by chance. */
const MAX_POINTERS = 100;
/** Headers in one file: one is real, and chance makes another in every 2 GB. */
const MAX_HEADERS = 20;

/**
 * Refuses EXIF whose directories lead to each other. libexif follows every pointer, each to a directory of up to 5000
 * entries, and libvips cannot interrupt it: 60 KB took 11 s of CPU time (libexif 0.6.26). Looks for the bytes of EXIF in
 * the whole file, as every format stores it in another way.
 *
 * @throws ServiceError `invalid_image`
 */
export function requireSimpleExif(bytes: Uint8Array): void {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let headers = 0;
  for (const { bytes: header, littleEndian } of HEADERS) {
    for (let at = file.indexOf(header); at >= 0; at = file.indexOf(header, at + 1)) {
      headers += 1;
      requireAtMost(MAX_HEADERS, headers, 'EXIF headers');
      const block = file.subarray(at, at + MAX_EXIF_BYTES);
      requireAtMost(MAX_POINTERS, countPointers(block, littleEndian), 'EXIF directories');
    }
  }
}

function countPointers(block: Buffer, littleEndian: boolean): number {
  const [low, high] = littleEndian ? [0, 1] : [1, 0];
  let count = 0;
  for (let at = 0; at + 1 < block.length; at += 1) {
    if (POINTER_TAGS.has((block[at + low] as number) | ((block[at + high] as number) << 8))) count += 1;
  }
  return count;
}
