/** A field of a protobuf message. */
export interface Field {
  readonly number: number;
  /** The field lies between these positions of the message, with its tag. */
  readonly start: number;
  readonly end: number;
  /** What a field of bytes, of text or of another message holds: a view, not a copy. */
  readonly bytes?: Uint8Array;
  /** What a field of a varint holds, read as a signed number of 64 bits. */
  readonly integer?: number;
}

/**
 * The fields of a message, in order. protobuf.dev/programming-guides/encoding describes the encoding.
 *
 * @throws Error for bytes that are not a message, which does not name the file.
 */
export function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;

  function skip(bytes: number): void {
    at += bytes;
    if (at > message.length) throw new Error('expected an ONNX model, but it ends too early');
  }

  function varint(): number {
    const found = readVarint(message, at);
    skip(found.length);
    return found.value;
  }

  while (at < message.length) {
    const start = at;
    const tag = varint();
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0: {
        const integer = varint();
        fields.push({ number, start, end: at, integer });
        break;
      }
      case 1:
        skip(8);
        fields.push({ number, start, end: at });
        break;
      case 2: {
        const length = varint();
        skip(length);
        fields.push({ number, start, end: at, bytes: message.subarray(at - length, at) });
        break;
      }
      case 5:
        skip(4);
        fields.push({ number, start, end: at });
        break;
      default:
        throw new Error('expected an ONNX model, got other bytes');
    }
  }
  return fields;
}

/** A negative number has all of them, and more digits than a number of JavaScript can hold. */
const MOST_BYTES = 10;

/** @returns a length beyond the end if the bytes end too early. */
function readVarint(bytes: Uint8Array, start: number): { readonly value: number; readonly length: number } {
  let value = 0;
  for (let length = 1; length <= MOST_BYTES; length += 1) {
    const byte = bytes[start + length - 1] ?? 0;
    value += (byte % 128) * 128 ** (length - 1);
    if (byte < 128) return { value: length < MOST_BYTES ? value : negativeIn(bytes, start), length };
  }
  throw new Error('expected an ONNX model, got other bytes');
}

function negativeIn(bytes: Uint8Array, start: number): number {
  let value = 0n;
  for (let index = 0; index < MOST_BYTES; index += 1) {
    value += BigInt((bytes[start + index] ?? 0) % 128) << BigInt(7 * index);
  }
  return Number(BigInt.asIntN(64, value));
}

/** What the fields with that number hold, which must be bytes, text or messages. */
export function children(message: Uint8Array, number: number): Uint8Array[] {
  return fieldsOf(message).flatMap((field) => (field.number === number && field.bytes ? [field.bytes] : []));
}

/** The number in the last field with that number. */
export function integerIn(message: Uint8Array, number: number): number | undefined {
  return fieldsOf(message).findLast((field) => field.number === number)?.integer;
}

/** All numbers in the fields with that number, whether each has a field or one field has several. */
export function integersIn(message: Uint8Array, number: number): number[] {
  return fieldsOf(message).flatMap((field) => {
    if (field.number !== number) return [];
    return field.bytes ? packedIn(field.bytes) : [field.integer ?? 0];
  });
}

function packedIn(bytes: Uint8Array): number[] {
  const values: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { value, length } = readVarint(bytes, at);
    values.push(value);
    at += length;
  }
  return values;
}

/** All numbers of 32 bits in the fields with that number, as bytes. */
export function wordsIn(message: Uint8Array, number: number): Uint8Array {
  return Buffer.concat(
    fieldsOf(message).flatMap((field) =>
      field.number === number ? [field.bytes ?? message.subarray(field.end - 4, field.end)] : [],
    ),
  );
}

export const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8');
