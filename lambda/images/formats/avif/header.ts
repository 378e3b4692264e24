import { requireAtMost, viewOf } from '../parts.ts';
import { type Box, boxes, Cursor, FULL_BOX_BYTES, find, Steps } from './boxes.ts';
import { AVIF_MAX_PARTS } from './parts.ts';

/** How much AV1 the decoder of an AVIF has to decode. */
export interface AvifLayout {
  /** Pixels of all coded pictures: the primary item, the tiles of a grid, alpha. */
  readonly codedPixels: number;
  /** Pixels of the largest coded picture. */
  readonly largestPixels: number;
}

type Extents = readonly { readonly start: number; readonly length: number }[];

/** Reads `iloc` (14496-12, 8.11.3): where the data of each item is. */
function itemExtents(view: DataView, box: Box, idat: Box | undefined, steps: Steps): Map<number, Extents> {
  const version = view.getUint8(box.start);
  const cursor = new Cursor(view, box.start + FULL_BOX_BYTES);
  const [sizes, more] = [cursor.uint(1), cursor.uint(1)];
  const [offsetBytes, lengthBytes, baseBytes] = [sizes >> 4, sizes & 15, more >> 4];
  const indexBytes = version > 0 ? more & 15 : 0;
  const idBytes = version < 2 ? 2 : 4;
  const extents = new Map<number, Extents>();
  for (let items = cursor.uint(idBytes); items > 0 && cursor.at < box.end; items -= 1) {
    steps.take();
    const id = cursor.uint(idBytes);
    const isInIdat = version > 0 && (cursor.uint(2) & 15) === 1;
    cursor.uint(2);
    const base = cursor.uint(baseBytes) + (isInIdat ? (idat?.start ?? 0) : 0);
    const list: { start: number; length: number }[] = [];
    for (let count = cursor.uint(2); count > 0 && cursor.at < box.end; count -= 1) {
      steps.take();
      cursor.uint(indexBytes);
      const start = base + cursor.uint(offsetBytes);
      list.push({ start, length: cursor.uint(lengthBytes) || view.byteLength - start });
    }
    extents.set(id, list);
  }
  return extents;
}

/** Reads the size (`ispe`) of each item through `ipma` (23008-12, 6.5.3 and 9.3). */
function itemPixels(view: DataView, iprp: Box): Map<number, number> {
  const children = boxes(view, iprp.start, iprp.end);
  const ipco = find(children, 'ipco');
  const properties = ipco ? boxes(view, ipco.start, ipco.end) : [];
  const pixels = new Map<number, number>();
  for (const ipma of children.filter(({ type }) => type === 'ipma')) {
    const version = view.getUint8(ipma.start);
    const isWide = (view.getUint8(ipma.start + 3) & 1) === 1;
    const cursor = new Cursor(view, ipma.start + FULL_BOX_BYTES);
    for (let items = cursor.uint(4); items > 0 && cursor.at < ipma.end; items -= 1) {
      const id = cursor.uint(version < 1 ? 2 : 4);
      for (let count = cursor.uint(1); count > 0; count -= 1) {
        const index = isWide ? cursor.uint(2) & 0x7fff : cursor.uint(1) & 0x7f;
        const property = properties[index - 1];
        if (property?.type !== 'ispe') continue;
        const size = view.getUint32(property.start + 4) * view.getUint32(property.start + 8);
        pixels.set(id, Math.max(size, pixels.get(id) ?? 0));
      }
    }
  }
  return pixels;
}

/** Counts how often each item is part of another picture: `dimg` references in `iref` (14496-12, 8.11.12). */
function countUses(view: DataView, iref: Box): Map<number, number> {
  const idBytes = view.getUint8(iref.start) === 0 ? 2 : 4;
  const uses = new Map<number, number>();
  for (const { type, start, end } of boxes(view, iref.start + FULL_BOX_BYTES, iref.end)) {
    if (type !== 'dimg') continue;
    const cursor = new Cursor(view, start + idBytes);
    for (let count = cursor.uint(2); count > 0 && cursor.at < end; count -= 1) {
      const id = cursor.uint(idBytes);
      uses.set(id, (uses.get(id) ?? 0) + 1);
    }
  }
  return uses;
}

const OBU_FRAME_HEADER = 3;
const OBU_FRAME = 6;

/**
 * Counts the frames in the data of an item (OBUs: AV1 specification, 5.3). An OBU without a size is the last.
 */
function countFrames(view: DataView, extents: Extents, steps: Steps): number {
  let frames = 0;
  for (const { start, length } of extents) {
    const end = Math.min(start + length, view.byteLength);
    for (let at = start; at < end; ) {
      steps.take();
      const header = view.getUint8(at);
      const type = (header >> 3) & 15;
      if (type === OBU_FRAME || type === OBU_FRAME_HEADER) frames += 1;
      if (frames > AVIF_MAX_PARTS.frames || (header & 2) === 0) break;
      at += header & 4 ? 2 : 1;
      let size = 0;
      for (let shift = 0; at < end; shift += 7, at += 1) {
        const byte = view.getUint8(at);
        size += (byte & 127) * 2 ** shift;
        if (byte < 128) break;
      }
      at += 1 + size;
    }
  }
  return frames;
}

/**
 * Reads how many pictures an AVIF is made of and how large they are. A picture that is declared as small can
 * be cut from any number of large ones.
 *
 * @returns undefined for a file whose boxes cannot be read.
 * @throws ServiceError `invalid_image` for a still with too many frames.
 */
export function readAvifLayout(bytes: Uint8Array): AvifLayout | undefined {
  const view = viewOf(bytes);
  const steps = new Steps();
  try {
    const meta = find(boxes(view, 0, view.byteLength), 'meta');
    if (!meta) return undefined;
    const children = boxes(view, meta.start + FULL_BOX_BYTES, meta.end);
    const [iloc, iprp, iref] = ['iloc', 'iprp', 'iref'].map((type) => find(children, type));
    if (!iloc || !iprp) return undefined;
    const pixels = itemPixels(view, iprp);
    const uses = iref ? countUses(view, iref) : new Map<number, number>();
    const extents = itemExtents(view, iloc, find(children, 'idat'), steps);
    let [codedPixels, largestPixels] = [0, 0];
    for (const [id, size] of pixels) {
      const frames = countFrames(view, extents.get(id) ?? [], steps);
      requireAtMost(AVIF_MAX_PARTS.frames, frames, 'frames');
      // A grid has a size of its own, but no frames.
      codedPixels += size * frames * Math.max(1, uses.get(id) ?? 0);
      largestPixels = Math.max(largestPixels, size * frames);
    }
    return { codedPixels, largestPixels };
  } catch (error) {
    // A read beyond the end of the file, or too many steps.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
