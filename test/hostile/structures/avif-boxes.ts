import { type Part, replace } from './parts.ts';

/** Boxes that contain boxes, and how many bytes come before those (ISO/IEC 14496-12 and 23008-12). */
const CONTAINERS: Readonly<Record<string, number>> = {
  meta: 4,
  iinf: 6,
  iref: 4,
  dref: 8,
  iprp: 0,
  ipco: 0,
  moov: 0,
  trak: 0,
  mdia: 0,
  minf: 0,
  dinf: 0,
  stbl: 0,
  grpl: 0,
  stsd: 8,
  av01: 78,
};

export interface Box extends Part {
  readonly type: string;
  readonly data: number;
  /** The boxes around this one, the outermost first. */
  readonly parents: readonly Box[];
}

/** All boxes. Each one comes before the boxes inside it. */
export function avifBoxes(
  file: Buffer,
  start = 0,
  limit = file.length,
  parents: readonly Box[] = [],
): readonly Box[] {
  const boxes: Box[] = [];
  for (let at = start; at + 8 <= limit && boxes.length < 300 && parents.length < 10; ) {
    // Size 0 means up to the end.
    const end = at + (file.readUInt32BE(at) || limit - at);
    if (end < at + 8 || end > limit) break;
    const type = file.toString('latin1', at + 4, at + 8);
    const box: Box = { what: type, type, start: at, data: at + 8, end, parents };
    boxes.push(box);
    const own = CONTAINERS[type];
    if (own !== undefined) boxes.push(...avifBoxes(file, at + 8 + own, end, [...parents, box]));
    at = end;
  }
  return boxes;
}

export interface Extent {
  readonly item: number;
  /** Where the offset and the length are written, four bytes each. */
  readonly offsetAt: number;
  readonly lengthAt: number;
  /** Offset of the data in the file. */
  readonly offset: number;
}

/**
 * Reads the first extent of each item from an iloc box of version 0 or 1 with numbers of four bytes, as
 * encoders write it. If the item has a base, `offsetAt` is where the base is written.
 */
export function avifExtents(file: Buffer, { data, end }: Box): readonly Extent[] {
  if (data + 8 > end) return [];
  const version = file.readUInt8(data);
  const baseBytes = file.readUInt8(data + 5) >> 4;
  if (version > 1 || file.readUInt8(data + 4) !== 0x44 || (baseBytes !== 0 && baseBytes !== 4)) return [];
  const extents: Extent[] = [];
  const items = file.readUInt16BE(data + 6);
  let at = data + 8;
  for (let count = 0; count < items && at < end; count += 1) {
    const item = file.readUInt16BE(at);
    const baseAt = at + 4 + 2 * version;
    const extentAt = baseAt + baseBytes + 2;
    if (extentAt + 8 > end) break;
    const base = baseBytes === 4 ? file.readUInt32BE(baseAt) : 0;
    extents.push({
      item,
      offsetAt: base > 0 ? baseAt : extentAt,
      lengthAt: extentAt + 4,
      offset: base + file.readUInt32BE(extentAt),
    });
    at = extentAt + 8 * file.readUInt16BE(extentAt - 2);
  }
  return extents;
}

/** Replaces bytes in a box with `piece`, and corrects box sizes and the offsets of items. */
export function replaceInBox(
  file: Buffer,
  parents: readonly Box[],
  start: number,
  end: number,
  piece: Uint8Array,
): Buffer {
  const iloc = avifBoxes(file).find(({ type }) => type === 'iloc');
  const changed = replace(file, start, end, piece);
  const added = piece.length - (end - start);
  const moved = (at: number) => (at >= end ? at + added : at);
  for (const { start: at } of parents) {
    // A box that was itself removed needs no correction.
    if (at + 4 <= changed.length) changed.writeUInt32BE(Math.max(0, file.readUInt32BE(at) + added), at);
  }
  if (!iloc || (iloc.start >= start && iloc.start < end)) return changed;
  for (const { offsetAt, offset } of avifExtents(file, iloc)) {
    const at = moved(offsetAt);
    if (at + 4 <= changed.length) changed.writeUInt32BE(Math.max(0, moved(offset)), at);
  }
  return changed;
}
