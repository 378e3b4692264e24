import { type Parts, requireAtMost } from '../parts.ts';

export const JPEG_MAX_PARTS = {
  /** The progressive files of libjpeg have 10. */
  scans: 100,
  segments: 5000,
} as const;

const APP0 = 0xe0;
const APP15 = 0xef;
/** The decoder and libvips keep copies of profiles and texts. */
const COPIES = 3;

/**
 * Counts scans and segments. Like libjpeg, it goes from marker to marker, through entropy-coded data and
 * garbage as well (ITU-T T.81, B.1.1).
 *
 * @throws ServiceError `invalid_image`
 */
export function countJpegParts(bytes: Uint8Array): Parts {
  let scans = 0;
  let segments = 0;
  let keptBytes = 0;
  let from = 2;
  let isDense = false;
  for (;;) {
    const at: number = isDense ? nextMarkerNear(bytes, from) : bytes.indexOf(0xff, from);
    if (at < 0 || at + 3 >= bytes.byteLength) break;
    isDense = at - from < NEAR;
    from = at + 1;
    const marker = bytes[at + 1] as number;
    // No length follows stuffed bytes, fill bytes, TEM and restarts.
    if (marker <= 0x01 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd8)) continue;
    if (marker === 0xd9) break;
    segments += 1;
    requireAtMost(JPEG_MAX_PARTS.segments, segments, 'segments');
    if (marker === 0xda) {
      scans += 1;
      requireAtMost(JPEG_MAX_PARTS.scans, scans, 'scans');
    }
    const length = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
    if (marker >= APP0 && marker <= APP15) keptBytes += length;
    from = at + 2 + length;
  }
  return { count: scans, metadataBytes: COPIES * keptBytes };
}

/** `indexOf` is slow to start, so it does not pay for so few bytes. In coded data 0xFF is 256 bytes apart. */
const NEAR = 32;

/** Same as `indexOf(0xff, from)`, but faster where markers are dense. */
function nextMarkerNear(bytes: Uint8Array, from: number): number {
  const near = Math.min(from + NEAR, bytes.byteLength);
  for (let at = from; at < near; at += 1) if (bytes[at] === 0xff) return at;
  return bytes.indexOf(0xff, near);
}
