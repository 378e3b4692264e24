import { type AllowedSource, folderOf } from '../../config/jobs.ts';
import { ServiceError } from '../../errors.ts';
import { quote } from '../../shown.ts';
import { parseS3Uri, type S3Uri, s3Uri } from './s3-uri.ts';

/** Keys with such a part are legal in S3, but some clients and tools resolve it: they would read another object. */
const DOTS = /(?:^|\/)\.{1,2}(?:\/|$)/;

/**
 * Whether jobs may read an object, or all objects whose keys begin with `key`. An allowed prefix is a folder:
 * `photos/2026` allows what is below `photos/2026/`, and neither `photos/2026-secret/cat.jpg` nor `photos/2026.jpg`.
 */
export function isAllowed(sources: readonly AllowedSource[], { bucket, key }: S3Uri): boolean {
  if (DOTS.test(key)) return false;
  return sources.some((source) => source.bucket === bucket && key.startsWith(folderOf(source)));
}

/**
 * The bucket and the prefix of a job's source.
 *
 * @throws ServiceError `invalid_request` for text that is not an S3 URI; `source_not_allowed`
 */
export function allowedPrefix(sources: readonly AllowedSource[], text: string): S3Uri {
  const uri = parseS3Uri(text);
  if (!uri) {
    throw new ServiceError(
      'invalid_request',
      `Expected a URI such as s3://bucket/prefix/, got ${quote(text)}.`,
    );
  }
  if (isAllowed(sources, uri)) return uri;
  const withSlash = { ...uri, key: `${uri.key}/` };
  const hint = isAllowed(sources, withSlash) ? ` Did you mean ${quote(s3Uri(withSlash))}?` : '';
  throw new ServiceError(
    'source_not_allowed',
    `Expected a bucket and a prefix that jobs may read, got ${quote(text)}.${hint}`,
  );
}
