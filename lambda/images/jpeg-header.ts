export interface ImageHeader {
  /** Pixels, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  readonly isCmyk: boolean;
}

export interface JpegHeader extends ImageHeader {
  /** Upright, three components of 8 bits and nothing of Adobe's: what any decoder reads in the same way. */
  readonly isPlain: boolean;
}

const ORIENTATION_TAG = 0x0112;
const EXIF = 'Exif\0\0';

/**
 * Reads size, components and orientation of a JPEG without a trip to libvips. Most images are JPEG, and what takes
 * microseconds here takes a good part of a millisecond there: two threads to wake and a second reader of the file.
 *
 * @returns undefined for anything out of the ordinary, which is then left to the library.
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation: number | undefined;
  let hasAdobeSegment = false;
  // Segments before the first scan: a marker, then a length that counts itself (ITU-T T.81, B.1.1.4).
  for (let at = 2; at + 4 <= view.byteLength && view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1);
    const end = at + 2 + view.getUint16(at + 2);
    if (end > view.byteLength) return undefined;
    if (isStartOfFrame(marker)) {
      const frame = frameHeader(view, at + 4, end, orientation ?? 1);
      return frame && { ...frame, isPlain: frame.isPlain && !hasAdobeSegment };
    }
    // APP14 says how the components encode colours.
    if (marker === 0xee) hasAdobeSegment = true;
    if (marker === 0xe1 && isExif(bytes, at + 4)) {
      // Which of several counts is for the library to say.
      if (orientation !== undefined) return undefined;
      orientation = exifOrientation(
        new DataView(view.buffer, view.byteOffset + at + 10, Math.max(0, end - at - 10)),
      );
      if (orientation === undefined) return undefined;
    }
    at = end;
  }
  return undefined;
}

/** SOF0 to SOF15 less DHT, JPG and DAC, which share their range. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function frameHeader(view: DataView, at: number, end: number, orientation: number): JpegHeader | undefined {
  if (at + 6 > end) return undefined;
  const [height, width] = [view.getUint16(at + 1), view.getUint16(at + 3)];
  if (width === 0 || height === 0) return undefined;
  // Orientations 5 to 8 lie on their side (EXIF 2.32, tag 0x0112).
  const size = orientation >= 5 ? { width: height, height: width } : { width, height };
  const [precision, components] = [view.getUint8(at), view.getUint8(at + 5)];
  return {
    ...size,
    isCmyk: components === 4,
    isPlain: orientation === 1 && components === 3 && precision === 8,
  };
}

function isExif(bytes: Uint8Array, at: number): boolean {
  return String.fromCharCode(...bytes.subarray(at, at + EXIF.length)) === EXIF;
}

/** Of the first directory of a TIFF structure; 1 where it has none. @returns undefined where it is damaged. */
function exifOrientation(tiff: DataView): number | undefined {
  if (tiff.byteLength < 14) return undefined;
  const littleEndian = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, littleEndian);
  if (directory + 2 > tiff.byteLength) return undefined;
  const entries = tiff.getUint16(directory, littleEndian);
  if (directory + 2 + 12 * entries > tiff.byteLength) return undefined;
  for (let entry = 0; entry < entries; entry += 1) {
    const at = directory + 2 + 12 * entry;
    if (tiff.getUint16(at, littleEndian) !== ORIENTATION_TAG) continue;
    const value = tiff.getUint16(at + 8, littleEndian);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return 1;
}
