import type { TestApp } from '../../support/app.ts';

/** An answer of the protocol: its JSON, and the binary data after it. */
export interface ProtocolAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly headers: Headers;
  readonly json: Record<string, unknown>;
  readonly binary: Buffer;
}

export async function protocolAnswer(response: Response): Promise<ProtocolAnswer> {
  const body = Buffer.from(await response.arrayBuffer());
  const length = Number(response.headers.get('inference-header-content-length') ?? body.length);
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    headers: response.headers,
    json: JSON.parse(body.toString('utf8', 0, length)),
    binary: body.subarray(length),
  };
}

/** The request of a client: JSON, and binary data after it if there is any. It sends no content type. */
export function inferInit(request: unknown, ...binary: readonly Uint8Array[]): RequestInit {
  const json = Buffer.from(JSON.stringify(request));
  const body = Buffer.concat([json, ...binary]);
  return {
    method: 'POST',
    body,
    headers: {
      'content-length': String(body.length),
      ...(binary.length > 0 ? { 'inference-header-content-length': String(json.length) } : {}),
    },
  };
}

export const send = async (
  { request }: Pick<TestApp, 'request'>,
  path: string,
  init?: RequestInit,
): Promise<ProtocolAnswer> => protocolAnswer(await request(path, init));

/** Elements of BYTES in binary form. */
export function byteStrings(...elements: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    elements.flatMap((element) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(element.length);
      return [length, element];
    }),
  );
}

export function floatBytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The numbers of binary data. */
export const floatsOf = (binary: Buffer): Float32Array => new Float32Array(Uint8Array.from(binary).buffer);
