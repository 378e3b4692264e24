import { ServiceError } from '../../../errors.ts';
import type { EncodedImage } from '../../../prediction/predictor.ts';
import type { Steps } from '../../loop-share.ts';
import type { OptionSchemas } from '../../options/options.ts';
import { Repeated } from '../../repeated.ts';
import { invalidFields, validate } from '../../validate.ts';
import { decodeBase64 } from '../base64.ts';
import { type JsonObject, parseJsonObject } from '../json/long-strings.ts';
import { onlyOne } from '../json/only-one.ts';
import { uploadIdIn } from '../json/upload-id.ts';
import { MAX_OPTION_BYTES } from '../upload.ts';
import {
  type Expected,
  requireBatchSize,
  type SeveralImages,
  type SingleImage,
  type UploadedImage,
} from './expected.ts';

const ONE = 'image';
const SEVERAL = 'images';
const UPLOADED = 'upload_id';

/** `{ "image": "<base64>" }` or `{ "upload_id": "upl_…" }` */
export function* imageOrUploadInJson<Options>(
  body: Uint8Array,
  expected: Expected<Options>,
): Steps<SingleImage<Options> | UploadedImage<Options>> {
  const object = parseJsonObject(body);
  const options = yield* optionsIn(object, expected.options, [ONE, UPLOADED]);
  if (theOneOf(object, [ONE, UPLOADED]) === ONE) return { bytes: yield* onlyImage(object), options };
  const value = object.fields[UPLOADED];
  requireOnce(`body.${UPLOADED}`, value);
  const text = yield* object.bytesOf(value);
  return { uploadId: uploadIdIn(text?.toString('utf8', 0, MAX_OPTION_BYTES), `body.${UPLOADED}`), options };
}

/** `{ "images": ["<base64>", …] }` */
export function* imagesInJson<Options>(
  body: Uint8Array,
  expected: Expected<Options>,
): Steps<SeveralImages<Options>> {
  const object = parseJsonObject(body);
  const options = yield* optionsIn(object, expected.options, [SEVERAL]);
  return { images: yield* severalImages(object, expected), options };
}

/** Either of them. */
export function* anyImagesInJson<Options>(
  body: Uint8Array,
  expected: Expected<Options>,
): Steps<SeveralImages<Options> & { readonly field: string }> {
  const object = parseJsonObject(body);
  const options = yield* optionsIn(object, expected.options, [ONE, SEVERAL]);
  const given = theOneOf(object, [ONE, SEVERAL]);
  const images =
    given === ONE ? [{ bytes: yield* onlyImage(object) }] : yield* severalImages(object, expected);
  return { images, options, field: `body.${given}` };
}

const theOneOf = ({ fields }: JsonObject, names: readonly [string, string]): string =>
  onlyOne(fields, names, 'body');

const onlyImage = (object: JsonObject): Steps<Uint8Array> =>
  decodeField(object, object.fields[ONE], `body.${ONE}`);

function* severalImages(
  object: JsonObject,
  { limits }: Pick<Expected<unknown>, 'limits'>,
): Steps<readonly EncodedImage[]> {
  const field = `body.${SEVERAL}`;
  const items: unknown = object.fields[SEVERAL];
  requireOnce(field, items);
  if (!Array.isArray(items)) throw invalid(field, 'expected an array of base64 strings');
  requireBatchSize(field, items.length, limits.maxBatch);
  const images: EncodedImage[] = [];
  for (const [index, item] of items.entries()) images.push(yield* decodeItem(object, item, index));
  return images;
}

/** The fields other than the images. */
function* optionsIn<Options>(
  { fields, bytesOf }: JsonObject,
  { json }: OptionSchemas<Options>,
  imageFields: readonly string[],
): Steps<Options> {
  const options = Object.fromEntries(Object.entries(fields).filter(([name]) => !imageFields.includes(name)));
  for (const name of Object.keys(json.shape)) {
    // Errors repeat the text of an option, and must not contain the mark of a long string.
    const text = yield* bytesOf(options[name]);
    if (text) options[name] = text.toString('utf8', 0, MAX_OPTION_BYTES);
  }
  return validate(json, options, 'body', imageFields);
}

function* decodeField({ bytesOf }: JsonObject, value: unknown, field: string): Steps<Uint8Array> {
  requireOnce(field, value);
  const text = yield* bytesOf(value);
  if (!text) throw invalid(field, 'expected a base64 string or data URL');
  return yield* decodeBase64(text, field);
}

function* decodeItem(object: JsonObject, value: unknown, index: number): Steps<EncodedImage> {
  try {
    return { bytes: yield* decodeField(object, value, `body.${SEVERAL}.${index}`) };
  } catch (error) {
    return { error: ServiceError.from(error) };
  }
}

function requireOnce(field: string, value: unknown): void {
  if (value instanceof Repeated) throw invalid(field, `expected one value, got ${value.count}`);
}

const invalid = (field: string, message: string): ServiceError => invalidFields([{ field, message }]);
