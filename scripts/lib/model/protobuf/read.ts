/** A field of a protobuf message. */
export interface Field {
  readonly number: number;
  /** The field lies between these positions of the message, with its tag. */
  readonly start: number;
  readonly end: number;
  /** What a field of bytes, of text or of another message holds: a view, not a copy. */
  readonly bytes?: Uint8Array;
  /** What a field of a varint holds. */
  readonly integer?: number;
}

/**
 * The fields of a message, in order. protobuf.dev/programming-guides/encoding describes the encoding.
 *
 * @throws Error for bytes that are no message, which does not name the file.
 */
export function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;

  function skip(bytes: number): void {
    at += bytes;
    if (at > message.length) throw new Error('expected an ONNX model, but it ends too early');
  }

  function varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      skip(1);
      const byte = message[at - 1] as number;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
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

/** What the fields with that number hold, which must be bytes, text or messages. */
export function children(message: Uint8Array, number: number): Uint8Array[] {
  return fieldsOf(message).flatMap((field) => (field.number === number && field.bytes ? [field.bytes] : []));
}

/** The number in the last field with that number. */
export function integerIn(message: Uint8Array, number: number): number | undefined {
  return fieldsOf(message).findLast((field) => field.number === number)?.integer;
}

export const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8');
