export interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Version and flags of a full box. */
export const FULL_BOX_BYTES = 4;
const MAX_BOXES = 10_000;

/** Lists the boxes between two offsets (ISO/IEC 14496-12, 4.2). */
export function boxes(view: DataView, from: number, to: number): Box[] {
  const found: Box[] = [];
  for (let at = from; at + 8 <= to && found.length < MAX_BOXES; ) {
    const size = view.getUint32(at);
    const type = String.fromCharCode(...[4, 5, 6, 7].map((offset) => view.getUint8(at + offset)));
    const isLarge = size === 1;
    if (isLarge && at + 16 > to) break;
    const bytes = isLarge ? Number(view.getBigUint64(at + 8)) : size === 0 ? to - at : size;
    const start = at + (isLarge ? 16 : 8);
    const end = at + bytes;
    if (end < start || end > to) break;
    found.push({ type, start, end });
    at = end;
  }
  return found;
}

export const find = (list: readonly Box[], type: string): Box | undefined =>
  list.find((box) => box.type === type);

/** Reads one number after another. */
export class Cursor {
  readonly #view: DataView;
  at: number;
  constructor(view: DataView, at: number) {
    this.#view = view;
    this.at = at;
  }
  /** @param bytes 0, 1, 2, 4 or 8. With 0 it reads nothing and returns 0. */
  uint(bytes: number): number {
    let value = 0;
    for (let index = 0; index < bytes; index += 1, this.at += 1) {
      value = value * 256 + this.#view.getUint8(this.at);
    }
    return value;
  }
}

/** Far more steps than a real file takes. Counts come from the file, and some loops read no bytes. */
const MAX_STEPS = 100_000;

/** Limits the steps of loops whose counts come from the file. */
export class Steps {
  #left = MAX_STEPS;
  /** @throws RangeError */
  take(): void {
    this.#left -= 1;
    if (this.#left < 0) throw new RangeError('too many items');
  }
}
