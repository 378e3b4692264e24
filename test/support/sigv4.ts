import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedRequest {
  readonly method: string;
  /** With its query. */
  readonly url: URL;
  /** Lower-case names. `host` is taken from the URL. */
  readonly headers: Readonly<Record<string, string>>;
  /** Left out of the signature if `x-amz-content-sha256` is `UNSIGNED-PAYLOAD`, as S3 allows. */
  readonly body: Uint8Array;
}

export interface Signer {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

const UNSIGNED = 'UNSIGNED-PAYLOAD';

const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Uint8Array | string, data: string): Buffer =>
  createHmac('sha256', key).update(data).digest();

/**
 * Checks a signature as AWS does: docs.aws.amazon.com/IAM, "Create a signed AWS API request". It is written for
 * paths without special characters, which are encoded twice.
 *
 * @returns who signed, and for what. @throws Error for a request that is not signed, or not by this secret.
 */
export function verifySigV4({ method, url, headers, body }: SignedRequest, secretKey: string): Signer {
  const [, accessKeyId = '', date = '', region = '', service = '', signedHeaders = '', signature = ''] =
    AUTHORIZATION.exec(headers['authorization'] ?? '') ?? [];
  if (signature === '') throw new Error('expected a signature, got none');
  const values: Readonly<Record<string, string | undefined>> = { ...headers, host: url.host };
  const names = signedHeaders.split(';');
  const unsigned = Object.keys(values).filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !names.includes(name),
  );
  if (unsigned.length > 0) throw new Error(`expected a signature of ${unsigned.join(', ')}, got none`);
  const payload = headers['x-amz-content-sha256'] === UNSIGNED ? UNSIGNED : sha256(body);
  const query = [...url.searchParams]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort();
  const canonical = [
    method,
    url.pathname,
    query.join('&'),
    ...names.map((name) => `${name}:${values[name]?.trim().replace(/ +/g, ' ') ?? ''}`),
    '',
    signedHeaders,
    payload,
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'] ?? '', scope, sha256(canonical)].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<Uint8Array | string>(hmac, `AWS4${secretKey}`);
  if (!timingSafeEqual(hmac(key, text), Buffer.from(signature, 'hex'))) {
    throw new Error('expected the signature of this request, got another');
  }
  return { accessKeyId, date, region, service };
}
