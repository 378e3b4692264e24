import type { Field } from './field.ts';

const SEQUENCE_HEADER = 1;

/**
 * Finds width and height in the AV1 data. A decoder allocates memory by these and not by the boxes. Reads
 * only headers of still pictures (AV1 specification, 5.5.1 with `reduced_still_picture_header`).
 *
 * @param at where the OBUs start in the file.
 */
export function av1Fields(file: Buffer, at: number): readonly Field[] {
  if (at + 16 > file.length) return [];
  // Skips a temporal delimiter of two bytes.
  const start = (((file[at] as number) >> 3) & 15) === 2 ? at + 2 : at;
  const obu = file[start] as number;
  if (((obu >> 3) & 15) !== SEQUENCE_HEADER || (obu & 4) !== 0 || start + 14 > file.length) return [];
  const payload = start + ((obu & 2) === 0 ? 1 : 2);

  /** A field inside four bytes. Its position is in bits from the start of the header. */
  function bitField(what: string, bit: number, bits: number, more: Partial<Field> = {}): Field {
    const inside = bit % 8;
    return { what, at: payload + Math.floor(bit / 8), bytes: 4, bits, shift: 32 - inside - bits, ...more };
  }
  const head = file.readUInt8(payload);
  const flags: readonly Field[] = [
    { what: 'OBU header', at: start, bytes: 1 },
    { what: 'OBU size', at: start + 1, bytes: 1 },
    bitField('AV1 profile', 0, 3),
    bitField('AV1 still picture', 3, 2),
  ];
  if ((head & 0x08) === 0) return flags;
  const sizes = file.readUInt16BE(payload + 1);
  const [widthBits, heightBits] = [((sizes >> 10) & 15) + 1, ((sizes >> 6) & 15) + 1];
  return [
    ...flags,
    bitField('AV1 level', 5, 5),
    bitField('AV1 width bits', 10, 4),
    bitField('AV1 height bits', 14, 4),
    bitField('AV1 width', 18, widthBits, { axis: 'width', less: 1 }),
    bitField('AV1 height', 18 + widthBits, heightBits, { axis: 'height', less: 1 }),
    bitField('AV1 superblocks and tools', 18 + widthBits + heightBits, 6),
  ];
}
