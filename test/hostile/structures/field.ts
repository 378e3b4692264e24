/** A number in the structure of a file: where it is, how it is written and what it may mean. */
export interface Field {
  readonly what: string;
  readonly at: number;
  /** Bytes of the integer that holds it. */
  readonly bytes: 1 | 2 | 3 | 4;
  readonly littleEndian?: boolean;
  /** Bits of the field, where it shares the integer with others, and how many of those lie below it. */
  readonly bits?: number;
  readonly shift?: number;
  /** A side of the picture or of a part of it. */
  readonly axis?: 'width' | 'height';
  /** Sides are often stored less one. */
  readonly less?: number;
  /** Values that have a meaning here, or are just beyond those. */
  readonly values?: readonly number[];
}

const bitsOf = ({ bits, bytes }: Field): number => bits ?? 8 * bytes;

/** The largest number that fits into the field as it is stored. */
export const maximumOf = (field: Field): number => 2 ** bitsOf(field) - 1;

function readInteger(file: Buffer, { at, bytes, littleEndian = false }: Field): number {
  return littleEndian ? file.readUIntLE(at, bytes) : file.readUIntBE(at, bytes);
}

/** The number as it is stored. */
export function readField(file: Buffer, field: Field): number {
  return Math.floor(readInteger(file, field) / 2 ** (field.shift ?? 0)) % 2 ** bitsOf(field);
}

/** Stores what the field can hold of the number. */
export function writeField(file: Buffer, field: Field, value: number): void {
  const { at, bytes, littleEndian = false, shift = 0 } = field;
  const limit = 2 ** bitsOf(field);
  const stored = ((Math.trunc(value) % limit) + limit) % limit;
  const whole = readInteger(file, field) + (stored - readField(file, field)) * 2 ** shift;
  if (littleEndian) file.writeUIntLE(whole, at, bytes);
  else file.writeUIntBE(whole, at, bytes);
}

/** Only fields that lie inside of the file: a damaged file names places beyond its end. */
export function within(file: Buffer, fields: readonly Field[]): readonly Field[] {
  return fields.filter(({ at, bytes }) => Number.isInteger(at) && at >= 0 && at + bytes <= file.length);
}

/** Makes fields of one file that follow each other in a record, in order. */
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
