import { ServiceError } from '../../errors.ts';
import type { Upload } from './upload.ts';

/** What clients send if they are not told the type, such as curl and fetch. */
const TYPES_BY_DEFAULT = /^(application\/x-www-form-urlencoded|text\/plain)?(;|$)/i;
const LEFT_BRACE = 0x7b;

/**
 * Without its content type, JSON would be refused as an image of an unknown format.
 *
 * @throws ServiceError `unsupported_media_type`
 */
export function refuseUntypedJson(body: Uint8Array, { contentType }: Pick<Upload, 'contentType'>): void {
  if (body[0] !== LEFT_BRACE || !TYPES_BY_DEFAULT.test(contentType)) return;
  throw new ServiceError(
    'unsupported_media_type',
    'Expected an image, got what looks like JSON. To send the image in JSON, set Content-Type: application/json.',
  );
}
