import type { Random } from '../random.ts';
import { avifBoxes, replaceInBox } from './avif-boxes.ts';
import { boxFields, itemFields } from './avif-fields.ts';
import { within } from './field.ts';
import { type Changed, copies } from './parts.ts';
import type { Structure } from './structure.ts';

/** Repeats, moves, swaps or removes boxes, and corrects sizes and offsets. */
function rearrange(file: Buffer, random: Random): Changed {
  const boxes = avifBoxes(file);
  if (boxes.length === 0) return { bytes: file, did: 'nothing' };
  const { what, start, end, parents } = random.of(boxes);
  const piece = Buffer.from(file.subarray(start, end));
  switch (random.below(4)) {
    case 0: {
      const count = random.of([1, 1, 2, 10, 300, 5000]);
      return {
        bytes: replaceInBox(file, parents, end, end, copies(piece, count)),
        did: `${what} ${count} times more`,
      };
    }
    case 1:
      return { bytes: replaceInBox(file, parents, start, end, Buffer.alloc(0)), did: `no ${what}` };
    case 2: {
      const place = random.of(boxes);
      const bytes = replaceInBox(file, place.parents, place.start, place.start, piece);
      return { bytes, did: `${what} before ${place.what} as well` };
    }
    default: {
      const nested = Array.from({ length: random.of([2, 20, 500]) }).reduce<Buffer>((inner) => {
        const head = Buffer.from(piece.subarray(0, Math.min(12, piece.length)));
        head.writeUInt32BE(head.length + inner.length);
        return Buffer.concat([head, inner]);
      }, piece);
      return { bytes: replaceInBox(file, parents, start, end, nested), did: `${what} in itself` };
    }
  }
}

export const avif: Structure = {
  fields: (file) =>
    within(
      file,
      avifBoxes(file).flatMap((box) => [
        ...boxFields(file, box),
        ...(box.type === 'iloc' ? itemFields(file, box) : []),
      ]),
    ),
  rearrange,
};
