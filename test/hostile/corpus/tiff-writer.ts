import { u16be, u16le, u32be, u32le } from '../bytes.ts';

/** Bytes of a value by its type (TIFF 6.0, section 2): BYTE, SHORT, LONG. */
const TYPE_BYTES = { 1: 1, 3: 2, 4: 4 } as const;

export interface Entry {
  readonly tag: number;
  readonly type: keyof typeof TYPE_BYTES;
  readonly values: readonly number[];
}

export interface Page {
  readonly entries: readonly Entry[];
  /** Strips or tiles, in order. */
  readonly data: readonly Buffer[];
  readonly tiled?: boolean;
  /** Written after the page. Its SubIFDs (tag 330) point to them. */
  readonly subPages?: readonly Page[];
}

/** Writes a TIFF 6.0 file of these pages. The tags for offsets and byte counts are added to each page. */
export function writeTiff(pages: readonly Page[], littleEndian: boolean): Buffer {
  const [u16, u32] = littleEndian ? [u16le, u32le] : [u16be, u32be];
  const pieces: Buffer[] = [Buffer.from(littleEndian ? 'II*\0' : 'MM\0*', 'latin1'), Buffer.alloc(4)];
  let length = 8;

  /** Appends bytes at an even offset. @returns that offset. */
  function append(piece: Buffer): number {
    const at = length;
    const padding = Buffer.alloc(piece.length % 2);
    pieces.push(piece, padding);
    length += piece.length + padding.length;
    return at;
  }

  function bytesOf({ type, values }: Entry): Buffer {
    if (type === 1) return Buffer.from(values);
    return type === 3 ? u16(...values) : u32(...values);
  }

  /** @returns the offset of the directory, and that of its pointer to the next one. */
  function writePage({ entries, data, tiled = false, subPages = [] }: Page): { at: number; next: Buffer } {
    const offsets = data.map(append);
    const below = subPages.map((page) => writePage(page).at);
    const all: Entry[] = [
      ...entries,
      { tag: tiled ? 324 : 273, type: 4 as const, values: offsets },
      { tag: tiled ? 325 : 279, type: 4 as const, values: data.map((piece) => piece.length) },
      ...(below.length > 0 ? [{ tag: 330, type: 4 as const, values: below }] : []),
    ].sort((a, b) => a.tag - b.tag);
    const table = all.map((entry) => {
      const value = bytesOf(entry);
      const inline =
        value.length <= 4 ? Buffer.concat([value, Buffer.alloc(4 - value.length)]) : u32(append(value));
      return Buffer.concat([u16(entry.tag, entry.type), u32(entry.values.length), inline]);
    });
    const next = Buffer.alloc(4);
    const at = append(Buffer.concat([u16(all.length), ...table]));
    pieces.push(next);
    length += 4;
    return { at, next };
  }

  let pointer = pieces[1] as Buffer;
  for (const page of pages) {
    const { at, next } = writePage(page);
    u32(at).copy(pointer);
    pointer = next;
  }
  return Buffer.concat(pieces);
}
