import { ServiceError } from '../../errors.ts';
import { base64Length } from './base64.ts';

export interface UploadLimits {
  readonly maxImageBytes: number;
  readonly maxBodyBytes: number;
  /** Images of one batch. */
  readonly maxBatch: number;
}

/** Boundaries, part headers and small fields around the files of a form. */
const FORM_OVERHEAD_BYTES = 64 * 1024;

/** How much of an option's text is read from a form or JSON. Longer text is not a valid option anyway. */
export const MAX_OPTION_BYTES = 256;

/** How a body holds images, and how many bytes of it are read. */
export interface Upload {
  readonly kind: 'form' | 'json' | 'raw';
  readonly contentType: string;
  readonly maxBytes: number;
}

/** A body with more than one image. */
export type BatchUpload = Upload & { readonly kind: 'form' | 'json' };

/** The body of one image: a form with a field `file`, the image itself, or JSON `{ "image": "<base64>" }`. */
export function singleUpload(headers: Headers, { maxImageBytes, maxBodyBytes }: UploadLimits): Upload {
  const contentType = contentTypeOf(headers);
  const kind = kindOf(contentType);
  const maxBytes = {
    form: maxImageBytes + FORM_OVERHEAD_BYTES,
    json: base64Length(maxImageBytes),
    raw: maxImageBytes,
  };
  return { kind, contentType, maxBytes: Math.min(maxBytes[kind], maxBodyBytes) };
}

/**
 * The body of a batch: a form with fields `file`, or JSON `{ "images": ["<base64>", …] }`.
 *
 * @throws ServiceError `invalid_request` for any other body.
 */
export function batchUpload(headers: Headers, { maxBodyBytes }: UploadLimits): BatchUpload {
  const contentType = contentTypeOf(headers);
  const kind = kindOf(contentType);
  if (kind !== 'raw') return { kind, contentType, maxBytes: maxBodyBytes };
  throw new ServiceError(
    'invalid_request',
    'Expected a form (multipart/form-data) with files, or JSON { "images": [...] }.',
    {
      fields: [{ field: 'header.content-type', message: 'expected multipart/form-data or application/json' }],
    },
  );
}

/**
 * The body of one image or of a batch: a form with fields `file`, the image itself, or JSON with `image` or `images`.
 * A batch may have as many bytes as any body.
 */
export function anyUpload(headers: Headers, { maxImageBytes, maxBodyBytes }: UploadLimits): Upload {
  const contentType = contentTypeOf(headers);
  const kind = kindOf(contentType);
  return {
    kind,
    contentType,
    maxBytes: kind === 'raw' ? Math.min(maxImageBytes, maxBodyBytes) : maxBodyBytes,
  };
}

const contentTypeOf = (headers: Headers): string => headers.get('content-type') ?? '';

function kindOf(contentType: string): Upload['kind'] {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'multipart/form-data') return 'form';
  if (mediaType === 'application/json' || mediaType.endsWith('+json')) return 'json';
  // With any other type, the body is the image itself, and its format is detected from its first bytes. For
  // example, curl --data-binary sends every file as application/x-www-form-urlencoded.
  return 'raw';
}
