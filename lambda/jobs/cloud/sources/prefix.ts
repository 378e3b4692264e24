import type { AllowedSource } from '../../../config/jobs.ts';
import { ServiceError } from '../../../errors.ts';
import { allowedPrefix } from '../../sources/allowed.ts';
import { UnusableSource } from '../../sources/manifest-line.ts';
import { s3Uri } from '../../sources/s3-uri.ts';
import { type Buckets, StorageError } from '../storage/object-store.ts';
import type { SourceInput } from './inputs.ts';

/** All objects of a bucket whose keys begin with the prefix, without the empty ones that stand for folders. */
export async function* prefixInputs(
  text: string,
  after: string | undefined,
  buckets: Buckets,
  sources: readonly AllowedSource[],
): AsyncGenerator<readonly SourceInput[]> {
  const { bucket, key: prefix } = allowedNow(sources, text);
  try {
    for await (const page of buckets(bucket).list(prefix, { after })) {
      yield page
        .filter(({ key, bytes }) => bytes > 0 || !key.endsWith('/'))
        .map(({ key }) => ({ input: { s3: s3Uri({ bucket, key }) }, next: { kind: 'after', key } }));
    }
  } catch (error) {
    throw error instanceof StorageError ? unusable(error, bucket) : error;
  }
}

/** The setting may have changed since the job was accepted. */
function allowedNow(sources: readonly AllowedSource[], text: string) {
  try {
    return allowedPrefix(sources, text);
  } catch (error) {
    throw error instanceof ServiceError ? new UnusableSource(error.detail) : error;
  }
}

function unusable(error: StorageError, bucket: string): Error {
  switch (error.kind) {
    case 'refused':
      return new UnusableSource(`The service may not list the bucket ${bucket}.`);
    case 'no bucket':
      return new UnusableSource(`There is no bucket ${bucket}.`);
    case 'failed':
      return error;
  }
}
