import { requireByteCount } from '../../../images/limits.ts';
import type { Steps } from '../../loop-share.ts';
import { invalidFields } from '../../validate.ts';
import { readForm } from '../form-fields.ts';
import { type Expected, requireBatchSize, type SeveralImages, type SingleImage } from './expected.ts';

export function* imageInForm<Options>(
  body: Uint8Array,
  contentType: string,
  { limits, options: schemas }: Expected<Options>,
): Steps<SingleImage<Options>> {
  const { files, options } = yield* readForm(body, contentType, schemas);
  const [bytes, ...others] = files;
  if (!bytes || others.length > 0) {
    throw invalidFields([{ field: 'body.file', message: `expected one file, got ${files.length}` }]);
  }
  requireByteCount(bytes.byteLength, limits.maxImageBytes);
  return { bytes, options };
}

export function* imagesInForm<Options>(
  body: Uint8Array,
  contentType: string,
  { limits, options: schemas }: Expected<Options>,
): Steps<SeveralImages<Options>> {
  const { files, options } = yield* readForm(body, contentType, schemas);
  requireBatchSize('body.file', files.length, limits.maxBatch);
  return { images: files.map((bytes) => ({ bytes })), options };
}
