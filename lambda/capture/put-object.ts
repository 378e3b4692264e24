import type { IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { AwsV4Signer } from 'aws4fetch';
import type { CaptureSettings } from '../config/capture.ts';
import type { StoredObject } from './object.ts';

/** TLS keeps a second, encrypted copy of what is written but not yet sent. Pieces keep it small. */
const PIECE_BYTES = 64 * 1024;
/** S3 names the error at the start of its answer. */
const ERROR_BYTES = 4096;

/**
 * Stores an object. Settles only when nothing reads the bytes any more.
 *
 * Each object has its own connection: Lambda freezes the process between two requests, and a connection that
 * was kept open would often be closed by then.
 *
 * @param lookup finds the addresses of S3. @default the C library
 * @throws Error in one line without the URL; the reason of `signal` if that aborts.
 */
export async function putObject(
  target: Omit<CaptureSettings, 'share'>,
  { key, headers }: StoredObject,
  bytes: Uint8Array,
  signal: AbortSignal,
  lookup?: LookupFunction,
): Promise<void> {
  const url = objectUrl(target, key);
  const signed = await signedHeaders(target, url, headers).catch((cause: unknown) => {
    // The cause may quote the credentials.
    throw new Error('The request to S3 could not be signed', { cause });
  });
  signal.throwIfAborted();
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const put = request(url, {
    method: 'PUT',
    headers: { ...signed, 'content-length': bytes.byteLength },
    agent: false,
    lookup,
    signal,
  });
  const closed = new Promise<void>((resolve) => put.once('close', resolve));
  try {
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      put.once('response', resolve).once('error', reject);
      // After an answer with status 101 there is neither.
      put.once('close', () => reject(new Error('The connection was closed')));
    });
    put.on('error', () => {});
    // An error of the connection rejects `answer` too. S3 may refuse an object before it has read all of it.
    pipeline(piecesOf(bytes), put).catch(() => {});
    await requireSuccess(await answer);
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof RefusedError) throw cause;
    const { code = 'no answer' } = cause as NodeJS.ErrnoException;
    throw new Error(`S3 could not be reached (${code})`, { cause });
  } finally {
    put.destroy();
    await closed;
  }
}

class RefusedError extends Error {}

async function requireSuccess(answer: IncomingMessage): Promise<void> {
  const { statusCode } = answer;
  if (statusCode === 200) {
    answer.resume();
    return;
  }
  let text = '';
  for await (const piece of answer.setEncoding('utf8')) {
    text += piece;
    if (text.length > ERROR_BYTES) break;
  }
  const [, code] = /<Code>(\w{1,64})<\/Code>/.exec(text) ?? [];
  throw new RefusedError(`S3 answered ${statusCode}${code ? ` ${code}` : ''}`);
}

/** AWS has the bucket in the host name. Other servers have it in the path, as they usually need. */
export function objectUrl(
  { bucket, region, endpoint }: Pick<CaptureSettings, 'bucket' | 'region' | 'endpoint'>,
  key: string,
): URL {
  if (endpoint !== undefined) return new URL(`${endpoint.replace(/\/$/, '')}/${bucket}/${key}`);
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(`https://${bucket}.s3.${region}.${domain}/${key}`);
}

/**
 * Signature version 4. TLS protects the bytes, so they are not part of the signature and are read only once.
 */
async function signedHeaders(
  { region, credentials }: Omit<CaptureSettings, 'share'>,
  url: URL,
  headers: StoredObject['headers'],
): Promise<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const signer = new AwsV4Signer({
    method: 'PUT',
    url: url.href,
    headers: { ...headers },
    service: 's3',
    region,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken ? { sessionToken } : {}),
  });
  const signed = await signer.sign();
  return Object.fromEntries(signed.headers);
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += PIECE_BYTES) {
    yield bytes.subarray(start, start + PIECE_BYTES);
  }
}
