import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { createS3Client } from '../../../../../lambda/jobs/cloud/storage/s3.ts';
import { verifyPresigned, verifySigV4 } from '../../../../support/sigv4.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

/** An answer that the server gives instead of its own. */
export interface Refusal {
  readonly status: number;
  readonly code?: string;
}

export interface S3Server {
  readonly client: S3Client;
  /** By bucket and key. */
  readonly objects: Map<string, Buffer>;
  readonly requests: {
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingMessage['headers'];
  }[];
  /** Called for each request. */
  refuse: (method: string, path: string) => Refusal | undefined;
  /** Bytes after which the connection breaks, one for each answer with an object. */
  readonly breaks: number[];
  close(): Promise<void>;
}

/** The part of S3's API that jobs use, on the loopback interface. It checks signatures. */
export async function startS3Server(): Promise<S3Server> {
  const objects = new Map<string, Buffer>();
  const requests: S3Server['requests'] = [];
  const breaks: number[] = [];
  const server = createServer(
    (request, response) => void answer(request, response).catch(() => response.destroy()),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const refuseWith = (response: ServerResponse, { status, code }: Refusal) =>
    response
      .writeHead(status, { 'content-type': 'application/xml' })
      .end(code && `<Error><Code>${code}</Code></Error>`);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request;
    const url = new URL(request.url ?? '', origin);
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const name = decodeURIComponent(url.pathname.slice(1));
    requests.push({ method, path: name, headers });
    const refusal = server_.refuse(method, name);
    if (refusal) return void refuseWith(response, refusal);
    const signed = { method, url, headers: headers as Record<string, string>, body };
    try {
      if (url.searchParams.has('X-Amz-Signature')) verifyPresigned(signed, SECRET);
      else verifySigV4(signed, SECRET);
    } catch {
      return void refuseWith(response, { status: 403, code: 'SignatureDoesNotMatch' });
    }
    if (url.searchParams.has('list-type')) return void list(name, url.searchParams, response);
    if (method === 'POST') return void finishUpload(name, url.searchParams, response);
    if (method === 'PUT') {
      const part = url.searchParams.get('partNumber');
      const key = part === null ? name : `${name}?${part.padStart(5, '0')}`;
      if (headers['if-none-match'] === '*' && objects.has(key)) {
        return void refuseWith(response, { status: 412, code: 'PreconditionFailed' });
      }
      objects.set(key, body);
      return void response.writeHead(200, { etag: '"1"' }).end();
    }
    const object = objects.get(name);
    if (!object)
      return void refuseWith(
        response,
        method === 'HEAD' ? { status: 404 } : { status: 404, code: 'NoSuchKey' },
      );
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': object.byteLength - from,
      'last-modified': 'Wed, 04 Mar 2026 10:00:00 GMT',
    });
    if (method === 'HEAD') return void response.end();
    const end = breaks.shift();
    if (end === undefined) return void response.end(object.subarray(from));
    response.write(object.subarray(from, from + end), () => setImmediate(() => response.destroy()));
  }

  function list(bucket: string, parameters: URLSearchParams, response: ServerResponse): void {
    const start = `${bucket}${parameters.get('continuation-token') ?? parameters.get('start-after') ?? ''}`;
    const found = [...objects]
      .filter(([name]) => name.startsWith(`${bucket}${parameters.get('prefix')}`) && name > start)
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const page = found.slice(0, 2).map(([name, { byteLength }]) => {
      const key = name.slice(bucket.length).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      return `<Contents><Key>${key}</Key><Size>${byteLength}</Size></Contents>`;
    });
    const next = found[1]?.[0].slice(bucket.length);
    const more =
      found.length > 2
        ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${next}</NextContinuationToken>`
        : '';
    response.end(`<ListBucketResult>${page.join('')}${more}</ListBucketResult>`);
  }

  function finishUpload(name: string, parameters: URLSearchParams, response: ServerResponse): void {
    if (parameters.has('uploads')) {
      return void response.end(
        '<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>',
      );
    }
    const parts = [...objects]
      .filter(([part]) => part.startsWith(`${name}?`))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    objects.set(name, Buffer.concat(parts.map(([, part]) => part)));
    for (const [part] of parts) objects.delete(part);
    response.end('<CompleteMultipartUploadResult><ETag>"1"</ETag></CompleteMultipartUploadResult>');
  }

  // The settings of the real client, for this server.
  const { requestChecksumCalculation, responseChecksumValidation } = createS3Client().config;
  const server_: S3Server = {
    client: new S3Client({
      endpoint: origin,
      forcePathStyle: true,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: SECRET },
      requestChecksumCalculation: await requestChecksumCalculation(),
      responseChecksumValidation: await responseChecksumValidation(),
      maxAttempts: 1,
    }),
    objects,
    requests,
    refuse: () => undefined,
    breaks,
    async close() {
      server_.client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return server_;
}
