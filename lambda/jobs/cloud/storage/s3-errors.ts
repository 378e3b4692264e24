import { StorageError, type StorageFailure } from './object-store.ts';

/** What errors of the AWS SDK have. */
interface SdkError {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** They have the status of a refusal, but pass: docs.aws.amazon.com/AmazonS3/latest/API, "Error responses". */
const PASSING: ReadonlySet<string | undefined> = new Set([
  'ExpiredToken',
  'InvalidToken',
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'SlowDown',
  'Throttling',
  'TokenRefreshRequired',
]);

const statusOf = (error: unknown): number | undefined => (error as SdkError).$metadata?.httpStatusCode;
const nameOf = (error: unknown): string | undefined => (error as SdkError).name;

/** There is no such object. For a HEAD request S3 does not name the error. */
export const isMissing = (error: unknown): boolean =>
  statusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket';

/** There is an object already. */
export const isTaken = (error: unknown): boolean => statusOf(error) === 412;

/** Another request for the same object is under way. */
export const isConflict = (error: unknown): boolean => statusOf(error) === 409;

/** @param action what was attempted: `read`. */
export const asStorageError =
  (action: string, bucket: string) =>
  (error: unknown): never => {
    const status = statusOf(error);
    const shown = [nameOf(error), status].filter((part) => part !== undefined).join(', ');
    throw new StorageError(failureOf(error), `S3 could not ${action} ${bucket} (${shown})`, { cause: error });
  };

function failureOf(error: unknown): StorageFailure {
  if (nameOf(error) === 'NoSuchBucket') return 'no bucket';
  const status = statusOf(error);
  const isRefusal = status !== undefined && status >= 300 && status < 500 && status !== 429;
  return isRefusal && !PASSING.has(nameOf(error)) ? 'refused' : 'failed';
}
