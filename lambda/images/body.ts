import { ServiceError } from '../errors.ts';

/** The parts of a Web `Request` that carry a body. */
export type BodySource = Pick<Request, 'headers' | 'body' | 'arrayBuffer'>;

/**
 * Reads a whole body without ever holding more than `maxBytes` of it.
 *
 * @throws ServiceError `image_too_large` beyond the limit, `invalid_request` where the client stopped sending.
 */
export async function readBody(source: BodySource, maxBytes: number): Promise<Uint8Array> {
  const declared = source.headers.get('content-length');
  if (declared !== null && Number(declared) > maxBytes) throw tooLarge(maxBytes, `${declared} bytes`);
  try {
    // A declared length is enforced by the HTTP parser, so only a body of unknown length has to be counted.
    if (declared !== null && !source.headers.has('transfer-encoding'))
      return new Uint8Array(await source.arrayBuffer());
    return await readCounted(source.body, maxBytes);
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    throw new ServiceError('invalid_request', 'The request body ended before it was complete.', { cause });
  }
}

async function readCounted(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of body ?? []) {
    total += chunk.byteLength;
    if (total > maxBytes) throw tooLarge(maxBytes, 'more');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, total);
}

function tooLarge(maxBytes: number, got: string): ServiceError {
  return new ServiceError(
    'image_too_large',
    `Expected a request body of at most ${maxBytes} bytes, got ${got}.`,
  );
}
