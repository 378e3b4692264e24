import { ServiceError } from '../../errors.ts';
import { requireByteCount } from '../../images/limits.ts';
import type { EncodedImage } from '../../prediction/predictor.ts';
import { parsing, type Steps } from '../loop-share.ts';
import { Repeated } from '../repeated.ts';
import { jsonOptions, type PredictionOptions } from '../schemas.ts';
import { invalidFields, validate } from '../validate.ts';
import { decodeBase64 } from './base64.ts';
import { readForm } from './form-fields.ts';
import { type JsonObject, parseJsonObject } from './json/long-strings.ts';
import { type BatchUpload, MAX_OPTION_BYTES, type Upload, type UploadLimits } from './upload.ts';

interface SingleImage {
  readonly bytes: Uint8Array;
  readonly options: PredictionOptions;
}

interface SeveralImages {
  readonly images: readonly EncodedImage[];
  readonly options: PredictionOptions;
}

/**
 * The image in the body of a `singleUpload`: a part of the body, not a copy.
 *
 * @param body is overwritten where the image is in base64.
 * @throws ServiceError `invalid_request`, `image_too_large`; the reason of `signal`.
 */
export async function imageIn(
  body: Uint8Array,
  { kind, contentType }: Upload,
  limits: UploadLimits,
  signal: AbortSignal,
): Promise<SingleImage> {
  switch (kind) {
    case 'form':
      return parsing.run(imageInForm(body, contentType, limits), signal);
    case 'json':
      return parsing.run(imageInJson(body), signal);
    case 'raw':
      return { bytes: body, options: {} };
  }
}

function* imageInForm(
  body: Uint8Array,
  contentType: string,
  { maxImageBytes }: UploadLimits,
): Steps<SingleImage> {
  const { files, options } = yield* readForm(body, contentType);
  const [bytes, ...others] = files;
  if (!bytes || others.length > 0) throw invalid('body.file', `expected one file, got ${files.length}`);
  requireByteCount(bytes.byteLength, maxImageBytes);
  return { bytes, options };
}

function* imageInJson(body: Uint8Array): Steps<SingleImage> {
  const object = parseJsonObject(body);
  const options = yield* optionsIn(object, 'image');
  return { bytes: yield* decodeField(object, object.fields['image'], 'body.image'), options };
}

/**
 * The images in the body of a `batchUpload`, in the order in which they were sent: parts of the body, not
 * copies. An image that cannot be read is an entry with its error.
 *
 * @param body is overwritten where images are in base64.
 * @throws ServiceError `invalid_request` for the request as a whole; the reason of `signal`.
 */
export async function imagesIn(
  body: Uint8Array,
  { kind, contentType }: BatchUpload,
  limits: UploadLimits,
  signal: AbortSignal,
): Promise<SeveralImages> {
  const steps = kind === 'form' ? imagesInForm(body, contentType, limits) : imagesInJson(body, limits);
  return parsing.run(steps, signal);
}

function* imagesInForm(
  body: Uint8Array,
  contentType: string,
  { maxBatch }: UploadLimits,
): Steps<SeveralImages> {
  const { files, options } = yield* readForm(body, contentType);
  requireBatchSize('body.file', files.length, maxBatch);
  return { images: files.map((bytes) => ({ bytes })), options };
}

function* imagesInJson(body: Uint8Array, { maxBatch }: UploadLimits): Steps<SeveralImages> {
  const object = parseJsonObject(body);
  const options = yield* optionsIn(object, 'images');
  const items: unknown = object.fields['images'];
  requireOnce('body.images', items);
  if (!Array.isArray(items)) throw invalid('body.images', 'expected an array of base64 strings');
  requireBatchSize('body.images', items.length, maxBatch);
  const images: EncodedImage[] = [];
  for (const [index, item] of items.entries()) images.push(yield* decodeItem(object, item, index));
  return { images, options };
}

/** The fields other than the images. */
function* optionsIn({ fields, bytesOf }: JsonObject, imageField: string): Steps<PredictionOptions> {
  const { [imageField]: _images, ...options }: Record<string, unknown> = fields;
  for (const name of Object.keys(jsonOptions.shape)) {
    // Errors repeat the text of an option, and must not contain the mark of a long string.
    const text = yield* bytesOf(options[name]);
    if (text) options[name] = text.toString('utf8', 0, MAX_OPTION_BYTES);
  }
  return validate(jsonOptions, options, 'body', [imageField]);
}

function* decodeField({ bytesOf }: JsonObject, value: unknown, field: string): Steps<Uint8Array> {
  requireOnce(field, value);
  const text = yield* bytesOf(value);
  if (!text) throw invalid(field, 'expected a base64 string or data URL');
  return yield* decodeBase64(text, field);
}

function* decodeItem(object: JsonObject, value: unknown, index: number): Steps<EncodedImage> {
  try {
    return { bytes: yield* decodeField(object, value, `body.images.${index}`) };
  } catch (error) {
    return { error: ServiceError.from(error) };
  }
}

function requireOnce(field: string, value: unknown): void {
  if (value instanceof Repeated) throw invalid(field, `expected one value, got ${value.count}`);
}

function requireBatchSize(field: string, count: number, maximum: number): void {
  if (count >= 1 && count <= maximum) return;
  throw invalid(field, `expected 1 to ${maximum} images, got ${count}`);
}

const invalid = (field: string, message: string): ServiceError => invalidFields([{ field, message }]);
