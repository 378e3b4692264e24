/** Writes unsigned integers as bytes. */

export function u16le(...values: readonly number[]): Buffer {
  return Buffer.from(Uint16Array.from(values).buffer);
}

export function u16be(...values: readonly number[]): Buffer {
  return u16le(...values).swap16();
}

export function u32le(...values: readonly number[]): Buffer {
  return Buffer.from(Uint32Array.from(values).buffer);
}

export function u32be(...values: readonly number[]): Buffer {
  return u32le(...values).swap32();
}

export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Writes values of `bits` bits each, most significant first. The last byte is padded with zeros. */
export function packed(values: Iterable<number>, bits: number): Buffer {
  const bytes: number[] = [];
  let [pending, count] = [0, 0];
  for (const value of values) {
    pending = (pending << bits) | value;
    for (count += bits; count >= 8; count -= 8) bytes.push((pending >> (count - 8)) & 0xff);
    pending &= (1 << count) - 1;
  }
  if (count > 0) bytes.push((pending << (8 - count)) & 0xff);
  return Buffer.from(bytes);
}
