import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { CaptureSettings } from '../../lambda/config/capture.ts';

export const BUCKET = 'a-bucket';
const REGION = 'eu-central-1';
const CREDENTIALS = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: 'token/with+signs==',
};

export interface PutObject {
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** How the server treats objects with a valid signature. */
export type Behaviour = 'stores' | 'refuses' | 'hangs';

export interface FakeS3 {
  readonly settings: CaptureSettings;
  /** The same as environment variables of the service. */
  readonly environment: Record<string, string>;
  readonly objects: readonly PutObject[];
  /** The most requests that were open at the same time. */
  readonly peak: () => number;
  behaviour: Behaviour;
  close(): Promise<void>;
}

/**
 * A server with the part of S3's API that stores an object. It checks signatures by the algorithm that AWS
 * publishes: docs.aws.amazon.com/AmazonS3, "Signature Calculations for the Authorization Header".
 *
 * @param tls the key and certificate of `localhost`. @default plain HTTP
 */
export async function startFakeS3(
  behaviour: Behaviour = 'stores',
  tls?: { readonly key: string; readonly cert: string },
): Promise<FakeS3> {
  const objects: PutObject[] = [];
  let open = 0;
  let peak = 0;
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    open += 1;
    peak = Math.max(peak, open);
    response.once('close', () => {
      open -= 1;
    });
    if (fake.behaviour === 'hangs') return;
    const body = await bodyOf(request).catch(() => undefined);
    if (!body) return;
    const error = fake.behaviour === 'refuses' ? 'AccessDenied' : errorOf(request, body);
    if (error) return refuse(response, error);
    const key = decodeURIComponent((request.url ?? '').slice(`/${BUCKET}/`.length));
    objects.push({ key, headers: request.headers, body });
    response.writeHead(200, { etag: '"0b0c"' }).end();
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  const fake: FakeS3 = {
    settings: { bucket: BUCKET, share: 1, region: REGION, endpoint: url, credentials: CREDENTIALS },
    environment: {
      CAPTURE_BUCKET: BUCKET,
      CAPTURE_PERCENT: '100',
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_SESSION_TOKEN: CREDENTIALS.sessionToken,
      AWS_ENDPOINT_URL_S3: url,
    },
    objects,
    peak: () => peak,
    behaviour,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return fake;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function refuse(response: ServerResponse, code: string): void {
  const text = `<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>No ${BUCKET}</Message></Error>`;
  response.writeHead(code === 'MissingContentLength' ? 411 : 403).end(text);
}

/** The code of S3's error, or undefined if the request is valid. */
function errorOf(request: IncomingMessage, body: Buffer): string | undefined {
  const { headers, method = '', url = '' } = request;
  if (headers['content-length'] !== String(body.byteLength)) return 'MissingContentLength';
  const [, id, date, region, signedNames = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const time = String(headers['x-amz-date']);
  const payload = String(headers['x-amz-content-sha256']);
  if (id !== CREDENTIALS.accessKeyId || region !== REGION || !date || !time.startsWith(date)) {
    return 'InvalidAccessKeyId';
  }
  if (headers['x-amz-security-token'] !== CREDENTIALS.sessionToken) return 'InvalidToken';
  if (Math.abs(Date.now() - timeOf(time)) > 15 * 60_000) return 'RequestTimeTooSkewed';
  if (payload !== 'UNSIGNED-PAYLOAD' && payload !== sha256(body)) return 'XAmzContentSHA256Mismatch';
  const names = signedNames.split(';');
  const required = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  if (!required.every((name) => names.includes(name))) return 'AccessDenied';
  const canonical = [
    method,
    canonicalPath(url),
    '',
    ...names.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}`),
    '',
    signedNames,
    payload,
  ].join('\n');
  const scope = `${date}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [date, region, 's3', 'aws4_request'].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${CREDENTIALS.secretAccessKey}`),
  );
  return timingSafeEqual(hmac(key, text), Buffer.from(signature, 'hex'))
    ? undefined
    : 'SignatureDoesNotMatch';
}

/** Every byte except unreserved characters and slashes is encoded, once. */
function canonicalPath(path: string): string {
  return decodeURIComponent(path)
    .split('/')
    .map((part) =>
      encodeURIComponent(part).replace(
        /[!'()*]/g,
        (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/');
}

const timeOf = (time: string): number =>
  Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
