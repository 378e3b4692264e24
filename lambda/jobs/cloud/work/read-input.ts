import type { AllowedSource } from '../../../config/jobs.ts';
import { ServiceError } from '../../../errors.ts';
import type { TakePiece, UrlFetcher } from '../../../fetch/fetch.ts';
import type { ReadInput } from '../../classify-input.ts';
import type { Owner, UploadId } from '../../ids.ts';
import { isAllowed } from '../../sources/allowed.ts';
import { parseS3Uri } from '../../sources/s3-uri.ts';
import { keys } from '../layout.ts';
import { type Buckets, type ObjectStore, StorageError } from '../storage/object-store.ts';
import { type ReadOptions, readObject } from '../storage/read.ts';

export interface InputAccess {
  /** Of the jobs bucket. */
  readonly store: ObjectStore;
  readonly buckets: Buckets;
  readonly sources: readonly AllowedSource[];
  readonly fetchUrl: UrlFetcher;
}

/** Reads the inputs of one owner's jobs. */
export function createInputReader(
  owner: Owner,
  { store, buckets, sources, fetchUrl }: InputAccess,
): ReadInput {
  async function readS3(text: string, take: TakePiece, options: ReadOptions): Promise<void> {
    const uri = parseS3Uri(text);
    if (!uri || !isAllowed(sources, uri)) {
      throw new ServiceError('source_not_allowed', 'Expected an object that jobs may read.');
    }
    const isThere = await readObject(buckets(uri.bucket), uri.key, take, options).catch(explainRefusal);
    if (!isThere) throw new ServiceError('url_fetch_failed', 'There is no such object.');
  }

  return (input, take, signal, onSize) => {
    if ('url' in input) return fetchUrl(input.url, take, signal);
    const options: ReadOptions = { signal, check: ({ bytes }) => onSize(bytes) };
    if ('s3' in input) return readS3(input.s3, take, options);
    return readUpload(store, owner, input.upload_id, take, options);
  };
}

/** @throws ServiceError `upload_not_found`; StorageError; what `take` and `check` throw; the reason of the signal. */
export async function readUpload(
  store: ObjectStore,
  owner: Owner,
  id: UploadId,
  take: TakePiece,
  options: ReadOptions,
): Promise<void> {
  if (!(await readObject(store, keys.upload(owner, id), take, options))) throw uploadNotFound(id);
}

export const uploadNotFound = (id: UploadId): ServiceError =>
  new ServiceError(
    'upload_not_found',
    `Expected the id of an uploaded file of the last 24 hours, got ${JSON.stringify(id)}.`,
  );

/** What a policy of another bucket refuses is about the object, and not about the service. */
function explainRefusal(error: unknown): never {
  if (!(error instanceof StorageError) || error.kind === 'failed') throw error;
  throw new ServiceError('url_fetch_failed', 'The service may not read the object.', { cause: error });
}
