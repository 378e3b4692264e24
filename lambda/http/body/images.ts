import { ServiceError } from '../../errors.ts';
import { requireByteCount } from '../../images/limits.ts';
import type { EncodedImage } from '../../prediction/predictor.ts';
import { jsonOptions, type PredictionOptions } from '../schemas.ts';
import { invalidFields, validate } from '../validate.ts';
import { decodeBase64 } from './base64.ts';
import { readForm } from './form-fields.ts';
import { type JsonObject, parseJsonObject } from './json/long-strings.ts';
import { type BatchUpload, MAX_OPTION_BYTES, type Upload, type UploadLimits } from './upload.ts';

/**
 * The image in the body of a `singleUpload`: a part of the body, not a copy.
 *
 * @param body is overwritten where the image is in base64.
 * @throws ServiceError `invalid_request`, `image_too_large`
 */
export function imageIn(
  body: Uint8Array,
  { kind, contentType }: Upload,
  { maxImageBytes }: UploadLimits,
): { readonly bytes: Uint8Array; readonly options: PredictionOptions } {
  switch (kind) {
    case 'form': {
      const { files, options } = readForm(body, contentType);
      const [bytes, ...others] = files;
      if (!bytes || others.length > 0) throw invalid('body.file', `expected one file, got ${files.length}`);
      requireByteCount(bytes.byteLength, maxImageBytes);
      return { bytes, options };
    }
    case 'json': {
      const object = parseJsonObject(body, 'image');
      const options = optionsIn(object, 'image');
      return { bytes: decodeField(object, object.fields['image'], 'body.image'), options };
    }
    case 'raw':
      return { bytes: body, options: {} };
  }
}

/**
 * The images in the body of a `batchUpload`, in the order in which they were sent: parts of the body, not
 * copies. An image that cannot be read is an entry with its error.
 *
 * @param body is overwritten where images are in base64.
 * @throws ServiceError `invalid_request` for the request as a whole.
 */
export function imagesIn(
  body: Uint8Array,
  { kind, contentType }: BatchUpload,
  { maxBatch }: UploadLimits,
): { readonly images: readonly EncodedImage[]; readonly options: PredictionOptions } {
  if (kind === 'form') {
    const { files, options } = readForm(body, contentType);
    requireBatchSize('body.file', files.length, maxBatch);
    return { images: files.map((bytes) => ({ bytes })), options };
  }
  const object = parseJsonObject(body, 'images');
  const options = optionsIn(object, 'images');
  const images: unknown = object.fields['images'];
  if (!Array.isArray(images)) throw invalid('body.images', 'expected an array of base64 strings');
  requireBatchSize('body.images', images.length, maxBatch);
  return { images: images.map((image, index) => decodeItem(object, image, index)), options };
}

/** The fields other than the images. */
function optionsIn({ fields, bytesOf }: JsonObject, imageField: string): PredictionOptions {
  const { [imageField]: _images, ...options }: Record<string, unknown> = fields;
  for (const name of Object.keys(jsonOptions.shape)) {
    // Errors repeat the text of an option, and must not contain the mark of a long string.
    const text = bytesOf(options[name]);
    if (text) options[name] = text.toString('utf8', 0, MAX_OPTION_BYTES);
  }
  return validate(jsonOptions, options, 'body', [imageField]);
}

function decodeField({ bytesOf }: JsonObject, value: unknown, field: string): Uint8Array {
  const text = bytesOf(value);
  if (!text) throw invalid(field, 'expected a base64 string or data URL');
  return decodeBase64(text, field);
}

function decodeItem(object: JsonObject, value: unknown, index: number): EncodedImage {
  try {
    return { bytes: decodeField(object, value, `body.images.${index}`) };
  } catch (error) {
    return { error: ServiceError.from(error) };
  }
}

function requireBatchSize(field: string, count: number, maximum: number): void {
  if (count >= 1 && count <= maximum) return;
  throw invalid(field, `expected 1 to ${maximum} images, got ${count}`);
}

const invalid = (field: string, message: string): ServiceError => invalidFields([{ field, message }]);
