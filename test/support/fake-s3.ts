import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { CaptureSettings } from '../../lambda/config/capture.ts';
import { type SignedRequest, type Signer, verifySigV4 } from './sigv4.ts';

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
    const isTaken = objects.some((other) => other.key === key);
    if (isTaken && request.headers['if-none-match'] === '*') return refuse(response, 'PreconditionFailed');
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

const STATUS: Record<string, number> = { MissingContentLength: 411, PreconditionFailed: 412 };

function refuse(response: ServerResponse, code: string): void {
  const text = `<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>No ${BUCKET}</Message></Error>`;
  response.writeHead(STATUS[code] ?? 403).end(text);
}

/** The code of S3's error, or undefined if the request is valid. */
function errorOf(request: IncomingMessage, body: Buffer): string | undefined {
  const { headers, method = '', url = '' } = request;
  if (headers['content-length'] !== String(body.byteLength)) return 'MissingContentLength';
  const time = String(headers['x-amz-date']);
  if (headers['x-amz-security-token'] !== CREDENTIALS.sessionToken) return 'InvalidToken';
  if (Math.abs(Date.now() - timeOf(time)) > 15 * 60_000) return 'RequestTimeTooSkewed';
  const signer = signerOf({
    method,
    url: new URL(url, `http://${headers.host}`),
    headers: headers as Readonly<Record<string, string>>,
    body,
  });
  if (!signer) return 'SignatureDoesNotMatch';
  const { accessKeyId, date, region, service } = signer;
  const isKnown = accessKeyId === CREDENTIALS.accessKeyId && region === REGION && service === 's3';
  return isKnown && time.startsWith(date) ? undefined : 'InvalidAccessKeyId';
}

function signerOf(request: SignedRequest): Signer | undefined {
  try {
    return verifySigV4(request, CREDENTIALS.secretAccessKey);
  } catch {
    return undefined;
  }
}

const timeOf = (time: string): number =>
  Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
