/**
 * An object of S3, or all objects whose keys begin with `key`.
 *
 * As in the AWS CLI, everything after `s3://bucket/` is the key itself. Nothing in it is encoded or decoded: `#`, `?`,
 * spaces and `%20` are those characters.
 */
export interface S3Uri {
  readonly bucket: string;
  readonly key: string;
}

const URI = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s;
/** Of a key, in bytes of UTF-8: docs.aws.amazon.com/AmazonS3, "Naming Amazon S3 objects". */
const MAX_KEY_BYTES = 1024;

/** @returns undefined for text that is not such a URI. The key may be empty. */
export function parseS3Uri(text: string): S3Uri | undefined {
  const [, bucket, key = ''] = URI.exec(text) ?? [];
  if (bucket === undefined || Buffer.byteLength(key) > MAX_KEY_BYTES || !key.isWellFormed()) return undefined;
  return { bucket, key };
}

export const s3Uri = ({ bucket, key }: S3Uri): string => `s3://${bucket}/${key}`;
