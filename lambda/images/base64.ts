import { ServiceError } from '../errors.ts';

const DATA_URL_PREFIX = /^data:[^,]{0,255};base64,/i;
const WHITE_SPACE = /[\r\n\t ]+/g;

/**
 * Bytes of a base64 string or of a base64 data URL; line breaks are skipped, the URL-safe alphabet is understood.
 *
 * @param field where the string stood, for the error.
 * @throws ServiceError `invalid_request` naming the field.
 */
export function decodeBase64(text: string, field: string): Uint8Array {
  const payload = text.replace(DATA_URL_PREFIX, '').replace(WHITE_SPACE, '');
  const bytes = Buffer.from(payload, 'base64');
  // Buffer skips what it cannot read; a complete reading yields three bytes for every four characters.
  const characters = payload.replace(/={1,2}$/, '').length;
  if (bytes.byteLength > 0 && bytes.byteLength === Math.floor((characters * 3) / 4) && characters % 4 !== 1)
    return bytes;
  throw new ServiceError('invalid_request', 'The image is not valid base64.', {
    fields: [{ field, message: 'expected base64 or a base64 data URL' }],
  });
}

/** Most characters that an image of `bytes` bytes takes in base64, line breaks and a data URL's prefix included. */
export function base64Length(bytes: number): number {
  return Math.ceil((bytes / 3) * 4 * (78 / 76)) + 1024;
}
