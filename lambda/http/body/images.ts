import { ServiceError } from '../../errors.ts';
import { requireByteCount } from '../../images/limits.ts';
import type { EncodedImage } from '../../prediction/predictor.ts';
import { parsing, type Steps } from '../loop-share.ts';
import type { OptionSchemas } from '../options/options.ts';
import { Repeated } from '../repeated.ts';
import { invalidFields, validate } from '../validate.ts';
import { decodeBase64 } from './base64.ts';
import { readForm } from './form-fields.ts';
import { type JsonObject, parseJsonObject } from './json/long-strings.ts';
import { type BatchUpload, MAX_OPTION_BYTES, type Upload, type UploadLimits } from './upload.ts';

/** What a body may hold. */
export interface Expected<Options> {
  readonly limits: UploadLimits;
  readonly options: OptionSchemas<Options>;
}

interface SingleImage<Options> {
  readonly bytes: Uint8Array;
  readonly options: Partial<Options>;
}

interface SeveralImages<Options> {
  readonly images: readonly EncodedImage[];
  readonly options: Partial<Options>;
}

/**
 * The image in the body of a `singleUpload`: a part of the body, not a copy.
 *
 * @param body is overwritten where the image is in base64.
 * @throws ServiceError `invalid_request`, `image_too_large`; the reason of `signal`.
 */
export async function imageIn<Options>(
  body: Uint8Array,
  { kind, contentType }: Upload,
  expected: Expected<Options>,
  signal: AbortSignal,
): Promise<SingleImage<Options>> {
  switch (kind) {
    case 'form':
      return parsing.run(imageInForm(body, contentType, expected), signal);
    case 'json':
      return parsing.run(imageInJson(body, expected), signal);
    case 'raw':
      return { bytes: body, options: {} };
  }
}

function* imageInForm<Options>(
  body: Uint8Array,
  contentType: string,
  expected: Expected<Options>,
): Steps<SingleImage<Options>> {
  const { files, options } = yield* readForm(body, contentType, expected.options);
  const [bytes, ...others] = files;
  if (!bytes || others.length > 0) throw invalid('body.file', `expected one file, got ${files.length}`);
  requireByteCount(bytes.byteLength, expected.limits.maxImageBytes);
  return { bytes, options };
}

function* imageInJson<Options>(body: Uint8Array, expected: Expected<Options>): Steps<SingleImage<Options>> {
  const object = parseJsonObject(body);
  const options = yield* optionsIn(object, expected.options, 'image');
  return { bytes: yield* decodeField(object, object.fields['image'], 'body.image'), options };
}

/**
 * The images in the body of a `batchUpload`, in the order in which they were sent: parts of the body, not
 * copies. An image that cannot be read is an entry with its error.
 *
 * @param body is overwritten where images are in base64.
 * @throws ServiceError `invalid_request` for the request as a whole; the reason of `signal`.
 */
export async function imagesIn<Options>(
  body: Uint8Array,
  { kind, contentType }: BatchUpload,
  expected: Expected<Options>,
  signal: AbortSignal,
): Promise<SeveralImages<Options>> {
  const steps = kind === 'form' ? imagesInForm(body, contentType, expected) : imagesInJson(body, expected);
  return parsing.run(steps, signal);
}

function* imagesInForm<Options>(
  body: Uint8Array,
  contentType: string,
  { limits, options: schemas }: Expected<Options>,
): Steps<SeveralImages<Options>> {
  const { files, options } = yield* readForm(body, contentType, schemas);
  requireBatchSize('body.file', files.length, limits.maxBatch);
  return { images: files.map((bytes) => ({ bytes })), options };
}

function* imagesInJson<Options>(
  body: Uint8Array,
  { limits, options: schemas }: Expected<Options>,
): Steps<SeveralImages<Options>> {
  const object = parseJsonObject(body);
  const options = yield* optionsIn(object, schemas, 'images');
  const items: unknown = object.fields['images'];
  requireOnce('body.images', items);
  if (!Array.isArray(items)) throw invalid('body.images', 'expected an array of base64 strings');
  requireBatchSize('body.images', items.length, limits.maxBatch);
  const images: EncodedImage[] = [];
  for (const [index, item] of items.entries()) images.push(yield* decodeItem(object, item, index));
  return { images, options };
}

/** The fields other than the images. */
function* optionsIn<Options>(
  { fields, bytesOf }: JsonObject,
  { json }: OptionSchemas<Options>,
  imageField: string,
): Steps<Options> {
  const { [imageField]: _images, ...options }: Record<string, unknown> = fields;
  for (const name of Object.keys(json.shape)) {
    // Errors repeat the text of an option, and must not contain the mark of a long string.
    const text = yield* bytesOf(options[name]);
    if (text) options[name] = text.toString('utf8', 0, MAX_OPTION_BYTES);
  }
  return validate(json, options, 'body', [imageField]);
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
