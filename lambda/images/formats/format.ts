import { ServiceError } from '../../errors.ts';

/** Formats the service decodes, in the order shown to clients. */
export const IMAGE_FORMATS = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

const ascii = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end));

const startsWith = (bytes: Uint8Array, ...signature: readonly number[]): boolean =>
  signature.every((value, index) => bytes[index] === value);

/** Brands listed in the `ftyp` box of an ISO base media file (ISO/IEC 14496-12, 4.3): the major one, then the rest. */
function brands(bytes: Uint8Array): readonly string[] {
  if (ascii(bytes, 4, 8) !== 'ftyp') return [];
  const boxBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const end = Math.min(boxBytes, bytes.byteLength, 256);
  const found = [ascii(bytes, 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) found.push(ascii(bytes, at, at + 4));
  return found;
}

/** The format by magic bytes; what the client says about it does not matter. */
export function sniffFormat(bytes: Uint8Array): ImageFormat | undefined {
  if (bytes.byteLength < 12) return undefined;
  if (startsWith(bytes, 0xff, 0xd8, 0xff)) return 'jpeg';
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'webp';
  if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return 'gif';
  if (startsWith(bytes, 0x49, 0x49, 0x2a, 0) || startsWith(bytes, 0x4d, 0x4d, 0, 0x2a)) return 'tiff';
  if (brands(bytes).some((brand) => brand === 'avif' || brand === 'avis')) return 'avif';
  return undefined;
}

/** What clients send instead, so that the refusal can name it. */
function nameUnsupported(bytes: Uint8Array): string {
  const head = ascii(bytes, 0, 512).trimStart().toLowerCase();
  if (head.startsWith('%pdf')) return 'PDF';
  if (head.startsWith('bm')) return 'BMP';
  if (head.includes('<svg')) return 'SVG';
  if (head.startsWith('<!doctype html') || head.startsWith('<html')) return 'HTML';
  if (brands(bytes).some((brand) => /^(hei[cfmsx]|hev[cmsx])$/.test(brand))) return 'HEIC';
  return 'something else';
}

/**
 * @throws ServiceError `invalid_request` for no bytes at all, `unsupported_media_type` for any other format.
 */
export function requireFormat(bytes: Uint8Array): ImageFormat {
  if (bytes.byteLength === 0) throw new ServiceError('invalid_request', 'Expected an image, got no bytes.');
  const format = sniffFormat(bytes);
  if (format) return format;
  throw new ServiceError(
    'unsupported_media_type',
    `Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image by its first bytes, got ${nameUnsupported(bytes)}.`,
  );
}
