/** A number in the structure of a file: where it is, how it is stored and what it means. */
export interface Field {
  readonly what: string;
  readonly at: number;
  /** Bytes of the integer that contains it. */
  readonly bytes: 1 | 2 | 3 | 4;
  readonly littleEndian?: boolean;
  /** For a field that shares its integer with others: its bits, and how many bits are below it. */
  readonly bits?: number;
  readonly shift?: number;
  /** Set if the number is a side of the picture or of a part of it. */
  readonly axis?: 'width' | 'height';
  /** How much less than the side is stored: often 1. */
  readonly less?: number;
  /** Values that have a meaning here, or are just outside those. */
  readonly values?: readonly number[];
}

const bitsOf = ({ bits, bytes }: Field): number => bits ?? 8 * bytes;

/** The largest number that the field can store. */
export const maximumOf = (field: Field): number => 2 ** bitsOf(field) - 1;

function readInteger(file: Buffer, { at, bytes, littleEndian = false }: Field): number {
  return littleEndian ? file.readUIntLE(at, bytes) : file.readUIntBE(at, bytes);
}

/** The stored number. */
export function readField(file: Buffer, field: Field): number {
  return Math.floor(readInteger(file, field) / 2 ** (field.shift ?? 0)) % 2 ** bitsOf(field);
}

/** Stores as many bits of the number as the field has. */
export function writeField(file: Buffer, field: Field, value: number): void {
  const { at, bytes, littleEndian = false, shift = 0 } = field;
  const limit = 2 ** bitsOf(field);
  const stored = ((Math.trunc(value) % limit) + limit) % limit;
  const whole = readInteger(file, field) + (stored - readField(file, field)) * 2 ** shift;
  if (littleEndian) file.writeUIntLE(whole, at, bytes);
  else file.writeUIntBE(whole, at, bytes);
}

/** Only fields inside the file. A damaged file may point beyond its end. */
export function within(file: Buffer, fields: readonly Field[]): readonly Field[] {
  return fields.filter(({ at, bytes }) => Number.isInteger(at) && at >= 0 && at + bytes <= file.length);
}

/** Makes the fields of a record, which follow each other in the file. */
export function record(
  at: number,
  littleEndian: boolean,
  fields: readonly (Omit<Field, 'at' | 'littleEndian'> & { readonly skip?: number })[],
): readonly Field[] {
  let offset = at;
  return fields.map(({ skip = 0, ...field }) => {
    const placed = { ...field, at: offset, littleEndian };
    offset += field.bytes + skip;
    return placed;
  });
}
