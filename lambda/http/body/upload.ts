import { ServiceError } from '../../errors.ts';
import { requireByteCount } from '../../images/limits.ts';
import type { EncodedImage } from '../../prediction/predictor.ts';
import { base64Length, decodeBase64 } from './base64.ts';
import { parseJsonObject } from './json.ts';
import { parseForm } from './multipart.ts';

export interface UploadLimits {
  readonly maxImageBytes: number;
  readonly maxBodyBytes: number;
  /** Images of one batch. */
  readonly maxBatch: number;
}

/** Boundaries, part headers and small fields around the files of a form. */
const FORM_OVERHEAD_BYTES = 64 * 1024;

type BodyKind = 'form' | 'json' | 'raw';

/** How a body holds images, and how many bytes of it are read. */
export interface Upload {
  readonly kind: BodyKind;
  readonly contentType: string;
  readonly maxBytes: number;
}

/** The body of one image: a form with the field `file`, the image itself, or JSON `{ "image": "<base64>" }`. */
export function singleUpload(headers: Headers, { maxImageBytes, maxBodyBytes }: UploadLimits): Upload {
  const upload = uploadOf(headers);
  const maxBytes = {
    form: maxImageBytes + FORM_OVERHEAD_BYTES,
    json: base64Length(maxImageBytes),
    raw: maxImageBytes,
  };
  return { ...upload, maxBytes: Math.min(maxBytes[upload.kind], maxBodyBytes) };
}

/**
 * The body of a batch: a form with files, or JSON `{ "images": ["<base64>", …] }`.
 *
 * @throws ServiceError `invalid_request` for any other body.
 */
export function batchUpload(headers: Headers, { maxBodyBytes }: UploadLimits): Upload {
  const upload = uploadOf(headers);
  if (upload.kind !== 'raw') return { ...upload, maxBytes: maxBodyBytes };
  throw new ServiceError(
    'invalid_request',
    'Expected a form (multipart/form-data) with files, or JSON { "images": [...] }.',
    {
      fields: [{ field: 'header.content-type', message: 'expected multipart/form-data or application/json' }],
    },
  );
}

function uploadOf(headers: Headers): Pick<Upload, 'kind' | 'contentType'> {
  const contentType = headers.get('content-type') ?? '';
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'multipart/form-data') return { kind: 'form', contentType };
  if (mediaType === 'application/json' || mediaType.endsWith('+json')) return { kind: 'json', contentType };
  // Everything else is taken as the image itself, whatever its label: the first bytes decide. curl's --data-binary,
  // for one, calls any file application/x-www-form-urlencoded.
  return { kind: 'raw', contentType };
}

/**
 * The image in the body of a {@link singleUpload}: a part of the body, not a copy.
 *
 * @param body is overwritten where the image is in base64.
 * @throws ServiceError `invalid_request`, `image_too_large`
 */
export function imageIn(
  body: Uint8Array,
  { kind, contentType }: Upload,
  { maxImageBytes }: UploadLimits,
): Uint8Array {
  switch (kind) {
    case 'form': {
      const [file, ...others] = parseForm(body, contentType).filter(({ name }) => name === 'file');
      if (!file || others.length > 0) {
        throw invalidField('body.file', `expected exactly one file, got ${others.length + (file ? 1 : 0)}`);
      }
      requireByteCount(file.bytes.byteLength, maxImageBytes);
      return file.bytes;
    }
    case 'json': {
      const { fields, bytesOf } = parseJsonObject(body);
      requireOnly(fields, 'image');
      const text = bytesOf(fields['image']);
      if (!text) throw invalidField('body.image', 'expected a base64 string or data URL');
      return decodeBase64(text, 'body.image');
    }
    case 'raw':
      return body;
  }
}

/**
 * The images in the body of a {@link batchUpload} in the order in which they were sent: parts of the body, not copies.
 * An image that cannot be read is an entry with its error.
 *
 * @param body is overwritten where images are in base64.
 * @throws ServiceError `invalid_request` for the request as a whole.
 */
export function imagesIn(
  body: Uint8Array,
  { kind, contentType }: Upload,
  { maxBatch }: UploadLimits,
): readonly EncodedImage[] {
  if (kind === 'form') {
    const files = parseForm(body, contentType);
    requireBatchSize('body.file', files.length, maxBatch);
    return files;
  }
  const { fields, bytesOf } = parseJsonObject(body);
  requireOnly(fields, 'images');
  const images: unknown = fields['images'];
  if (!Array.isArray(images)) throw invalidField('body.images', 'expected an array of base64 strings');
  requireBatchSize('body.images', images.length, maxBatch);
  return images.map((image: unknown, index) => decodeItem(bytesOf(image), `body.images.${index}`));
}

function decodeItem(text: Uint8Array | undefined, field: string): EncodedImage {
  try {
    if (!text) throw invalidField(field, 'expected a base64 string or data URL');
    return { bytes: decodeBase64(text, field) };
  } catch (error) {
    return { error: ServiceError.from(error) };
  }
}

function requireOnly(fields: Readonly<Record<string, unknown>>, expected: string): void {
  const names = Object.keys(fields).filter((name) => name !== expected);
  if (names.length === 0) return;
  throw new ServiceError('invalid_request', `Expected no field but "${expected}".`, {
    fields: names
      .slice(0, 10)
      .map((name) => ({ field: `body.${name.slice(0, 64)}`, message: 'this field is not known' })),
  });
}

function requireBatchSize(field: string, count: number, maximum: number): void {
  if (count >= 1 && count <= maximum) return;
  throw invalidField(field, `expected 1 to ${maximum} images, got ${count}`);
}

function invalidField(field: string, message: string): ServiceError {
  return new ServiceError('invalid_request', `${field}: ${message}.`, { fields: [{ field, message }] });
}
