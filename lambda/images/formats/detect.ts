import { ServiceError } from '../../errors.ts';
import { ascii, brands, startsWith } from './signature.ts';
import { FORMAT_TITLES, FORMATS, IMAGE_FORMATS, type ImageFormat } from './table.ts';

/** Below this length no file is an image, and signatures need not check for the end. */
const MIN_BYTES = 12;

/** Detects the format from the first bytes. The content type that the client sends is ignored. */
export function detectFormat(bytes: Uint8Array): ImageFormat | undefined {
  if (bytes.byteLength < MIN_BYTES) return undefined;
  return IMAGE_FORMATS.find((format) => FORMATS[format].matches(bytes));
}

/** Names the formats that clients often send by mistake. */
function nameUnsupported(bytes: Uint8Array): string {
  const head = ascii(bytes, 0, 512).trimStart().toLowerCase();
  if (head.startsWith('%pdf')) return 'a PDF document';
  if (head.startsWith('bm')) return 'a BMP image';
  if (head.includes('<svg')) return 'an SVG image';
  if (head.startsWith('<!doctype html') || head.startsWith('<html')) return 'an HTML page';
  if (startsWith(bytes, 0x49, 0x49, 0x2b, 0) || startsWith(bytes, 0x4d, 0x4d, 0, 0x2b)) {
    return 'a BigTIFF image (TIFF with 64-bit offsets)';
  }
  if (brands(bytes).some((brand) => /^(hei[cfmsx]|hev[cmsx])$/.test(brand))) return 'a HEIC image';
  return 'an unknown format';
}

/**
 * @throws ServiceError `invalid_request` for an empty file, `unsupported_media_type` for any other format.
 */
export function requireFormat(bytes: Uint8Array): ImageFormat {
  if (bytes.byteLength === 0) throw new ServiceError('invalid_request', 'Expected an image, got no bytes.');
  const format = detectFormat(bytes);
  if (format) return format;
  throw new ServiceError(
    'unsupported_media_type',
    `Expected a ${FORMAT_TITLES} image, got ${nameUnsupported(bytes)} (detected from its first bytes).`,
  );
}
