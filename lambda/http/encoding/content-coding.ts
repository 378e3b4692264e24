import { ServiceError } from '../../errors.ts';
import { shorten } from '../wording.ts';

/** A compression of HTTP bodies. `deflate` is the format of zlib, not bare deflate (RFC 9110, 8.4.1.2). */
export type ContentCoding = 'gzip' | 'deflate';

/** A map, because clients may send names such as `constructor`, which every object has. */
const CODINGS: ReadonlyMap<string, ContentCoding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
]);

/**
 * How the body of a request is compressed. Undefined if it is not.
 *
 * @throws ServiceError `unsupported_media_type` for another coding, and for several.
 */
export function codingOf(headers: Headers): ContentCoding | undefined {
  const names = (headers.get('content-encoding') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  const [name, ...others] = names;
  if (name === undefined) return undefined;
  const coding = CODINGS.get(name);
  if (coding && others.length === 0) return coding;
  throw new ServiceError(
    'unsupported_media_type',
    `Expected a body with Content-Encoding gzip or deflate, or without one, got ${shorten(names.join(', '))}.`,
  );
}
