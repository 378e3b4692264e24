import { type Field, record, within } from './field.ts';
import { type Part, rearrangeParts } from './parts.ts';
import type { Structure } from './structure.ts';
import { tiffFields } from './tiff-fields.ts';

/** Chunks by type, as numbers (developers.google.com/speed/webp/docs/riff_container). */
const TYPES = ['VP8 ', 'VP8L', 'VP8X', 'ANIM', 'ANMF', 'ALPH', 'ICCP', 'EXIF', 'XMP ', 'xxxx'].map((type) =>
  Buffer.from(type, 'latin1').readUInt32BE(),
);
const RIFF_HEAD = 12;
/** Bytes of an ANMF chunk before the chunks of its frame. */
const FRAME_HEAD = 16;

interface Chunk extends Part {
  readonly type: string;
  readonly data: number;
}

/** Chunks from `start` on. The chunks inside a frame come after that frame. */
function webpChunks(file: Buffer, start = RIFF_HEAD, limit = file.length): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = start; at + 8 <= limit && chunks.length < 200; ) {
    const size = file.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    if (end > limit) break;
    const type = file.toString('latin1', at, at + 4);
    chunks.push({ what: type, type, start: at, data: at + 8, end });
    if (type === 'ANMF') chunks.push(...webpChunks(file, at + 8 + FRAME_HEAD, end));
    at = end;
  }
  return chunks;
}

const side = (what: string, axis: 'width' | 'height') => ({ what, bytes: 3, axis, less: 1 }) as const;

function dataFields(file: Buffer, { type, data, end }: Chunk): readonly Field[] {
  switch (type) {
    case 'VP8X':
      return record(data, true, [
        { what: 'features', bytes: 1, values: [0, 2, 0x10, 0x12, 0x3e, 0xff], skip: 3 },
        side('canvas width', 'width'),
        side('canvas height', 'height'),
      ]);
    case 'ANIM':
      return record(data, true, [
        { what: 'background', bytes: 4 },
        { what: 'loops', bytes: 2 },
      ]);
    case 'ANMF':
      return record(data, true, [
        { what: 'frame x', bytes: 3 },
        { what: 'frame y', bytes: 3 },
        side('frame width', 'width'),
        side('frame height', 'height'),
        { what: 'duration', bytes: 3 },
        { what: 'blending and disposal', bytes: 1, values: [0, 1, 2, 3] },
      ]);
    case 'ALPH':
      return [
        { what: 'alpha compression', at: data, bytes: 1, bits: 2 },
        { what: 'alpha filter', at: data, bytes: 1, bits: 2, shift: 2 },
        { what: 'alpha preprocessing', at: data, bytes: 1, bits: 2, shift: 4 },
      ];
    case 'VP8 ': {
      // RFC 6386, section 9.1: a frame tag of 24 bits, a start code, and two sides of 14 bits with 2 bits of
      // scale.
      const tag = { at: data, bytes: 3, littleEndian: true } as const;
      const width = { at: data + 6, bytes: 2, littleEndian: true } as const;
      const height = { ...width, at: data + 8 };
      return [
        { ...tag, what: 'no key frame', bits: 1 },
        { ...tag, what: 'VP8 version', bits: 3, shift: 1 },
        { ...tag, what: 'shown', bits: 1, shift: 4 },
        { ...tag, what: 'bytes of the first partition', bits: 19, shift: 5 },
        { ...width, what: 'VP8 width', bits: 14, axis: 'width' },
        { ...width, what: 'VP8 width scale', bits: 2, shift: 14 },
        { ...height, what: 'VP8 height', bits: 14, axis: 'height' },
        { ...height, what: 'VP8 height scale', bits: 2, shift: 14 },
        { what: 'VP8 header', at: data + 10, bytes: 4 },
      ];
    }
    case 'VP8L': {
      // RFC 9649, section 3.4: a signature byte, two sides of 14 bits, alpha, and three bits of version.
      const head = { at: data + 1, bytes: 4, littleEndian: true } as const;
      return [
        { what: 'VP8L signature', at: data, bytes: 1 },
        { ...head, what: 'VP8L width', bits: 14, axis: 'width', less: 1 },
        { ...head, what: 'VP8L height', bits: 14, shift: 14, axis: 'height', less: 1 },
        { ...head, what: 'VP8L alpha', bits: 1, shift: 28 },
        { ...head, what: 'VP8L version', bits: 3, shift: 29 },
        { what: 'VP8L transforms and codes', at: data + 5, bytes: 4 },
      ];
    }
    case 'EXIF': {
      const start = file.toString('latin1', data, data + 4) === 'Exif' ? data + 6 : data;
      return tiffFields(file.subarray(start, end), start);
    }
    default:
      return [];
  }
}

export const webp: Structure = {
  fields: (file) =>
    within(file, [
      { what: 'RIFF size', at: 4, bytes: 4, littleEndian: true },
      ...webpChunks(file).flatMap((chunk): readonly Field[] => [
        { what: `${chunk.type} type`, at: chunk.start, bytes: 4, values: TYPES },
        { what: `${chunk.type} size`, at: chunk.start + 4, bytes: 4, littleEndian: true },
        ...dataFields(file, chunk),
      ]),
    ]),
  rearrange: (file, random) => rearrangeParts(file, webpChunks(file), random),
  repair(file) {
    if (file.length >= RIFF_HEAD) file.writeUInt32LE(file.length - 8, 4);
  },
};
