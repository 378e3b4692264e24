import type { Random } from '../random.ts';

/** A piece of a file that may be repeated, moved or left out: a chunk, a segment, a block. */
export interface Part {
  readonly what: string;
  readonly start: number;
  readonly end: number;
}

export interface Changed {
  readonly bytes: Buffer;
  /** What was changed, for the report of a failure. */
  readonly did: string;
}

/** Mutants stay small, so that a sweep of thousands tests the service and not the network. */
export const MAX_ADDED_BYTES = 400_000;
const REPEATS = [1, 1, 1, 2, 3, 10, 100, 1000, 6000];

/** `count` copies, or as many as may be added to a file. */
export function copies(piece: Buffer, count: number): Buffer {
  const most = Math.max(1, Math.floor(MAX_ADDED_BYTES / Math.max(1, piece.length)));
  return Buffer.concat(Array.from({ length: Math.min(count, most) }, () => piece));
}

export const replace = (bytes: Buffer, start: number, end: number, piece: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, start), piece, bytes.subarray(end)]);

/** Repeats, moves, swaps, removes or shortens one of the parts. */
export function rearrangeParts(bytes: Buffer, parts: readonly Part[], random: Random): Changed {
  if (parts.length === 0) return { bytes, did: 'nothing' };
  const part = random.of(parts);
  const piece = Buffer.from(bytes.subarray(part.start, part.end));
  switch (random.below(5)) {
    case 0: {
      const count = random.of(REPEATS);
      return {
        bytes: replace(bytes, part.end, part.end, copies(piece, count)),
        did: `${part.what} ${count} times more`,
      };
    }
    case 1:
      return { bytes: replace(bytes, part.start, part.end, Buffer.alloc(0)), did: `no ${part.what}` };
    case 2: {
      const place = random.of(parts);
      return {
        bytes: replace(bytes, place.start, place.start, piece),
        did: `${part.what} before ${place.what} as well`,
      };
    }
    case 3: {
      const [first, second] = [part, random.of(parts)].sort((a, b) => a.start - b.start) as [Part, Part];
      if (first.end > second.start) return { bytes, did: 'nothing' };
      const swapped = Buffer.concat([
        bytes.subarray(second.start, second.end),
        bytes.subarray(first.end, second.start),
        bytes.subarray(first.start, first.end),
      ]);
      return {
        bytes: replace(bytes, first.start, second.end, swapped),
        did: `${first.what} and ${second.what} swapped`,
      };
    }
    default: {
      const kept = random.below(piece.length);
      return {
        bytes: replace(bytes, part.start + kept, part.end, Buffer.alloc(0)),
        did: `${part.what} cut to ${kept} bytes`,
      };
    }
  }
}
