import { type Orientation, orientationOf } from '../../turn.ts';

export interface JpegHeader {
  /** Pixels as they are stored, before EXIF orientation. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  readonly components: number;
  /** Samples of all components per pixel: 3 without chroma subsampling, 1.5 for 4:2:0. */
  readonly samplesPerPixel: number;
  /** Progressive, or another coding that needs all coefficients before the first pixel. */
  readonly isProgressive: boolean;
  /**
   * Upright, three components of 8 bits and no Adobe segment. All decoders read such files in the same way.
   */
  readonly isPlain: boolean;
}

const ORIENTATION_TAG = 0x0112;
const EXIF = 'Exif\0\0';

/**
 * Reads size, components and orientation of a JPEG without libvips. Most images are JPEGs. This takes
 * microseconds, while libvips takes a good part of a millisecond to wake two threads and read the file a
 * second time.
 *
 * @returns undefined for an unusual file, which is then left to the library.
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
      const frame = frameHeader(view, at + 4, end, orientationOf(orientation));
      return frame && { ...frame, isProgressive: marker > 0xc1, isPlain: frame.isPlain && !hasAdobeSegment };
    }
    // APP14: how the components encode colours.
    if (marker === 0xee) hasAdobeSegment = true;
    if (marker === 0xe1 && isExif(bytes, at + 4)) {
      // If there are several, the library decides which one counts.
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

/** SOF0 to SOF15, without DHT, JPG and DAC in the same range. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Reads a frame header (T.81, B.2.2). @returns undefined if it is damaged. */
function frameHeader(
  view: DataView,
  at: number,
  end: number,
  orientation: Orientation,
): Omit<JpegHeader, 'isProgressive'> | undefined {
  if (at + 6 > end) return undefined;
  const [height, width] = [view.getUint16(at + 1), view.getUint16(at + 3)];
  if (width === 0 || height === 0) return undefined;
  const [precision, components] = [view.getUint8(at), view.getUint8(at + 5)];
  if (at + 6 + 3 * components > end) return undefined;
  return {
    width,
    height,
    orientation,
    components,
    samplesPerPixel: samplesPerPixel(view, at + 6, components),
    isPlain: orientation === 1 && components === 3 && precision === 8,
  };
}

/** The second of a component's three bytes has its sampling factors, horizontal in the upper four bits. */
function samplesPerPixel(view: DataView, at: number, components: number): number {
  const factors = Array.from({ length: components }, (_, component) => {
    const factor = view.getUint8(at + 3 * component + 1);
    return { x: factor >> 4, y: factor & 15 };
  });
  const largest = Math.max(...factors.map(({ x }) => x)) * Math.max(...factors.map(({ y }) => y));
  return factors.reduce((sum, { x, y }) => sum + x * y, 0) / Math.max(1, largest);
}

function isExif(bytes: Uint8Array, at: number): boolean {
  return String.fromCharCode(...bytes.subarray(at, at + EXIF.length)) === EXIF;
}

/**
 * Reads the first directory of a TIFF structure.
 *
 * @returns 1 without an orientation, undefined if it is damaged.
 */
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
