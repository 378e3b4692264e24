import { requireAtMost } from './parts.ts';

/** The headers of the TIFF structure in EXIF, little-endian and big-endian. */
const HEADERS = [
  { bytes: Buffer.from('II*\0', 'latin1'), littleEndian: true },
  { bytes: Buffer.from('MM\0*', 'latin1'), littleEndian: false },
] as const;

/** Exif, GPS and interoperability. Each points to a directory (EXIF 2.32, 4.6.3). */
const POINTER_TAGS: ReadonlySet<number> = new Set([0x8769, 0x8825, 0xa005]);
/** libexif reads no more. */
const MAX_EXIF_BYTES = 65_536;
/** A camera writes three. A thumbnail of 64 KB contains the same bytes six times by chance. */
const MAX_POINTERS = 100;
/** Headers in one file. One is real, and by chance there is another in every 2 GB. */
const MAX_HEADERS = 20;

/**
 * Refuses EXIF with many directories that point to each other. libexif follows every pointer, to directories
 * of up to 5000 entries, and libvips cannot interrupt it: 60 KB took 11 s of CPU time (libexif 0.6.26). Every
 * format stores EXIF in its own way, so this searches the whole file.
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
