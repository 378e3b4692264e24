/** How a TIFF stores its pixels: fields of its first directory (TIFF 6.0, section 8). */
export interface TiffLayout {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  /** Bits of the largest sample. */
  readonly bits: number;
  readonly photometric: number;
  readonly compression: number;
  /** Whether each colour plane is stored on its own. */
  readonly isSeparate: boolean;
  /** Rows of a strip, at most the height. Undefined for a tiled picture. */
  readonly rowsPerStrip: number | undefined;
  readonly tile: { readonly width: number; readonly height: number } | undefined;
}

const TAGS = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  samples: 277,
  rowsPerStrip: 278,
  planar: 284,
  tileWidth: 322,
  tileHeight: 323,
} as const;

/** Bytes of a value by its type. Sizes are of type BYTE, SHORT or LONG. */
const VALUE_BYTES: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4 };
const MAX_SAMPLES = 64;

/** @returns undefined for a directory that is damaged or that only the library understands. */
export function readTiffLayout(bytes: Uint8Array): TiffLayout | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = bytes[0] === 0x49;
  const directory = view.getUint32(4, littleEndian);
  if (directory + 2 > view.byteLength) return undefined;
  const count = view.getUint16(directory, littleEndian);
  if (directory + 2 + 12 * count > view.byteLength) return undefined;

  /** The largest value of a field. */
  const read = (tag: number): number | undefined => {
    let largest: number | undefined;
    for (let entry = 0; entry < count; entry += 1) {
      const at = directory + 2 + 12 * entry;
      if (view.getUint16(at, littleEndian) !== tag) continue;
      const size = VALUE_BYTES[view.getUint16(at + 2, littleEndian)];
      const values = Math.min(view.getUint32(at + 4, littleEndian), MAX_SAMPLES);
      if (size === undefined || values === 0) return Number.POSITIVE_INFINITY;
      const start = size * values <= 4 ? at + 8 : view.getUint32(at + 8, littleEndian);
      if (start + size * values > view.byteLength) return Number.POSITIVE_INFINITY;
      for (let index = 0; index < values; index += 1) {
        const from = start + index * size;
        const value =
          size === 1
            ? view.getUint8(from)
            : size === 2
              ? view.getUint16(from, littleEndian)
              : view.getUint32(from, littleEndian);
        largest = Math.max(largest ?? 0, value);
      }
    }
    return largest;
  };

  const [width, height] = [read(TAGS.width) ?? 0, read(TAGS.height) ?? 0];
  const [tileWidth, tileHeight] = [read(TAGS.tileWidth), read(TAGS.tileHeight)];
  const isTiled = tileWidth !== undefined || tileHeight !== undefined;
  const layout = {
    width,
    height,
    samples: read(TAGS.samples) ?? 1,
    bits: read(TAGS.bits) ?? 1,
    photometric: read(TAGS.photometric) ?? 0,
    compression: read(TAGS.compression) ?? 1,
    isSeparate: read(TAGS.planar) !== undefined && read(TAGS.planar) !== 1,
    rowsPerStrip: isTiled ? undefined : Math.max(1, Math.min(read(TAGS.rowsPerStrip) ?? height, height)),
    tile: isTiled ? { width: tileWidth ?? 0, height: tileHeight ?? 0 } : undefined,
  };
  const sizes = [width, height, layout.samples, layout.bits, tileWidth ?? 1, tileHeight ?? 1];
  return sizes.every((size) => size > 0 && Number.isFinite(size)) ? layout : undefined;
}
