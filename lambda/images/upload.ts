import { ServiceError } from '../errors.ts';
import { base64Length, decodeBase64 } from './base64.ts';
import { type BodySource, readBody } from './body.ts';
import { requireByteCount } from './decode.ts';
import { parseForm } from './form.ts';

export interface UploadLimits {
  readonly maxImageBytes: number;
  readonly maxBodyBytes: number;
  /** Images of one batch. */
  readonly maxBatch: number;
}

/** Boundaries, part headers and small fields around the files of a form. */
const FORM_OVERHEAD_BYTES = 64 * 1024;

/** A batch goes on where one of its images fails. */
export type UploadedImage = { readonly bytes: Uint8Array } | { readonly error: ServiceError };

type BodyKind = 'form' | 'json' | 'raw';

function bodyKind(source: BodySource): BodyKind {
  const mediaType = (source.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'multipart/form-data') return 'form';
  if (mediaType === 'application/json' || mediaType.endsWith('+json')) return 'json';
  // Everything else is taken as the image itself, whatever its label: the magic bytes decide. curl's
  // --data-binary, for one, calls any file application/x-www-form-urlencoded.
  return 'raw';
}

/**
 * The one image of a request: a form's field `file`, the body itself, or JSON `{ "image": "<base64>" }`.
 *
 * @throws ServiceError `invalid_request`, `image_too_large`
 */
export async function readImage(source: BodySource, limits: UploadLimits): Promise<Uint8Array> {
  switch (bodyKind(source)) {
    case 'form': {
      const form = await readForm(source, limits.maxImageBytes + FORM_OVERHEAD_BYTES);
      const [file, ...others] = form.getAll('file').filter((entry) => entry instanceof Blob);
      if (!file || others.length > 0) {
        throw invalidField('body.file', `expected exactly one file, got ${others.length + (file ? 1 : 0)}`);
      }
      requireByteCount(file.size, limits.maxImageBytes);
      return bytesOf(file);
    }
    case 'json': {
      const { image, ...others } = await readJsonObject(source, base64Length(limits.maxImageBytes));
      requireNoOthers(others, 'image');
      if (typeof image !== 'string') throw invalidField('body.image', 'expected a base64 string or data URL');
      return decodeBase64(image, 'body.image');
    }
    case 'raw':
      return readBody(source, limits.maxImageBytes);
  }
}

/**
 * The images of a batch in the order in which they were sent: every file of a form, or JSON
 * `{ "images": ["<base64>", …] }`. An image that cannot be read is an entry with its error.
 *
 * @throws ServiceError `invalid_request`, `image_too_large` for the request as a whole.
 */
export async function readImages(
  source: BodySource,
  limits: UploadLimits,
): Promise<readonly UploadedImage[]> {
  switch (bodyKind(source)) {
    case 'form': {
      const form = await readForm(source, limits.maxBodyBytes);
      const files = [...form.values()].filter((entry) => entry instanceof Blob);
      requireBatchSize('body.file', files.length, limits.maxBatch);
      return Promise.all(files.map(async (file) => ({ bytes: await bytesOf(file) })));
    }
    case 'json': {
      const { images, ...others } = await readJsonObject(source, limits.maxBodyBytes);
      requireNoOthers(others, 'images');
      if (!Array.isArray(images)) throw invalidField('body.images', 'expected an array of base64 strings');
      requireBatchSize('body.images', images.length, limits.maxBatch);
      return images.map((image: unknown, index) => decodeItem(image, `body.images.${index}`));
    }
    case 'raw':
      throw new ServiceError(
        'invalid_request',
        'Expected a form (multipart/form-data) with files, or JSON { "images": [...] }.',
        {
          fields: [
            { field: 'header.content-type', message: 'expected multipart/form-data or application/json' },
          ],
        },
      );
  }
}

/** Reads and parses a JSON object. @throws ServiceError `invalid_request`, `image_too_large` */
export async function readJsonObject(source: BodySource, maxBytes: number): Promise<Record<string, unknown>> {
  const text = Buffer.from(await readBody(source, maxBytes)).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ServiceError('invalid_request', 'The request body is not valid JSON.', {
      cause,
      fields: [{ field: 'body', message: 'expected a JSON object' }],
    });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw invalidField('body', 'expected a JSON object');
}

function decodeItem(image: unknown, field: string): UploadedImage {
  try {
    if (typeof image !== 'string') throw invalidField(field, 'expected a base64 string or data URL');
    return { bytes: decodeBase64(image, field) };
  } catch (error) {
    return { error: ServiceError.from(error) };
  }
}

async function readForm(source: BodySource, maxBytes: number): Promise<FormData> {
  return parseForm(await readBody(source, maxBytes), source.headers.get('content-type') ?? '');
}

async function bytesOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

function requireNoOthers(others: Record<string, unknown>, expected: string): void {
  const names = Object.keys(others);
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
