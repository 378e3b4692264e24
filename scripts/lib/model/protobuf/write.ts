/**
 * Pieces of a protobuf message, in order. Bytes stay views of their data, so that a model is not copied.
 * protobuf.dev/programming-guides/encoding describes the encoding.
 */
export type Encoded = readonly Uint8Array[];

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** @param value not negative. */
export function integer(field: number, value: number): Encoded {
  return [varint(field * 8 + VARINT), varint(value)];
}

export function text(field: number, value: string): Encoded {
  return bytes(field, [Buffer.from(value, 'utf8')]);
}

export function message(field: number, parts: readonly Encoded[]): Encoded {
  return bytes(field, parts.flat());
}

export function bytes(field: number, content: Encoded): Encoded {
  const length = content.reduce((sum, piece) => sum + piece.length, 0);
  return [varint(field * 8 + LENGTH_DELIMITED), varint(length), ...content];
}

/** Seven bits in each byte, the lowest first. The eighth bit says that more bytes follow. */
function varint(value: number): Uint8Array {
  const groups: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) groups.push((rest % 128) + 128);
  return Uint8Array.from([...groups, rest]);
}
