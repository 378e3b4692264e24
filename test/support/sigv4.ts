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
  const canonical = canonicalRequest(method, url, url.searchParams, { values, names, payload });
  const signer = { accessKeyId, date, region, service };
  requireSignature(signer, { time: headers['x-amz-date'] ?? '', canonical, signature, secretKey });
  return signer;
}

/**
 * Checks a presigned URL of S3 as AWS does, except for its expiry: docs.aws.amazon.com/AmazonS3, "Authenticating Requests:
 * Using Query Parameters".
 *
 * @throws Error for a request that is not signed, or not by this secret.
 */
export function verifyPresigned(
  { method, url, headers }: Omit<SignedRequest, 'body'>,
  secretKey: string,
): Signer {
  const parameter = (name: string): string => url.searchParams.get(`X-Amz-${name}`) ?? '';
  const [accessKeyId = '', date = '', region = '', service = ''] = parameter('Credential').split('/');
  const values = { ...headers, host: url.host };
  const names = parameter('SignedHeaders').split(';');
  const query = new URLSearchParams(url.searchParams);
  query.delete('X-Amz-Signature');
  const canonical = canonicalRequest(method, url, query, { values, names, payload: UNSIGNED });
  const signer = { accessKeyId, date, region, service };
  requireSignature(signer, {
    time: parameter('Date'),
    canonical,
    signature: parameter('Signature'),
    secretKey,
  });
  return signer;
}

interface SignedParts {
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Of the headers that are signed. */
  readonly names: readonly string[];
  readonly payload: string;
}

function canonicalRequest(
  method: string,
  url: URL,
  parameters: URLSearchParams,
  { values, names, payload }: SignedParts,
): string {
  const query = [...parameters]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort();
  return [
    method,
    url.pathname,
    query.join('&'),
    ...names.map((name) => `${name}:${values[name]?.trim().replace(/ +/g, ' ') ?? ''}`),
    '',
    names.join(';'),
    payload,
  ].join('\n');
}

interface Signed {
  readonly time: string;
  readonly canonical: string;
  readonly signature: string;
  readonly secretKey: string;
}

function requireSignature(
  { date, region, service }: Signer,
  { time, canonical, signature, secretKey }: Signed,
): void {
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<Uint8Array | string>(hmac, `AWS4${secretKey}`);
  const given = Buffer.from(signature, 'hex');
  const expected = hmac(key, text);
  if (given.byteLength !== expected.byteLength || !timingSafeEqual(expected, given)) {
    throw new Error('expected the signature of this request, got another');
  }
}
