export const ascii = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end));

export const startsWith = (bytes: Uint8Array, ...signature: readonly number[]): boolean =>
  signature.every((value, index) => bytes[index] === value);

/** No real `ftyp` box is longer. */
const MAX_BRAND_BYTES = 256;

/**
 * The brands in the `ftyp` box of an ISO base media file (ISO/IEC 14496-12, 4.3): the major brand, then the
 * compatible ones. Empty for any other file.
 */
export function brands(bytes: Uint8Array): readonly string[] {
  // A size of 16 MiB or more is the signature of another format, such as TIFF.
  if (ascii(bytes, 4, 8) !== 'ftyp' || bytes[0] !== 0) return [];
  const boxBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const end = Math.min(boxBytes, bytes.byteLength, MAX_BRAND_BYTES);
  const found = [ascii(bytes, 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) found.push(ascii(bytes, at, at + 4));
  return found;
}
