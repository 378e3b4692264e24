import { MIMEType } from 'node:util';
import { ServiceError } from '../errors.ts';

/** Room for a batch and for other fields of the page; a parser takes seconds and hundreds of MB for a million parts. */
const MAX_PARTS = 100;

/** Parses multipart/form-data. @throws ServiceError `invalid_request` */
export async function parseForm(body: Uint8Array, contentType: string): Promise<FormData> {
  try {
    requireFewParts(body, contentType);
    return await new Response(body as Uint8Array<ArrayBuffer>, {
      headers: { 'content-type': contentType },
    }).formData();
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    throw damaged('The multipart form is damaged or cut short.', { cause });
  }
}

function requireFewParts(body: Uint8Array, contentType: string): void {
  const boundary = new MIMEType(contentType).params.get('boundary');
  // The parser refuses what has none.
  if (!boundary) return;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = `--${boundary}`;
  let count = 0;
  for (let at = bytes.indexOf(delimiter); at >= 0; at = bytes.indexOf(delimiter, at + delimiter.length)) {
    count += 1;
    // The last delimiter ends the form.
    if (count > MAX_PARTS + 1)
      throw damaged(`Expected a multipart form of at most ${MAX_PARTS} parts, got more.`);
  }
}

function damaged(detail: string, options: { readonly cause?: unknown } = {}): ServiceError {
  return new ServiceError('invalid_request', detail, {
    ...options,
    fields: [{ field: 'body', message: 'expected multipart/form-data with a boundary and complete parts' }],
  });
}
