import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../errors.ts';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Where a response sends its reader, resolved against the URL it came from; `undefined` when it is no redirect.
 *
 * @throws {ServiceError} `url_fetch_failed` for a redirect that does not say where to.
 */
export function redirectOf({ statusCode, headers }: IncomingMessage, from: URL): URL | undefined {
  if (statusCode === undefined || !REDIRECTS.has(statusCode)) return undefined;
  const { location } = headers;
  if (location === undefined || !URL.canParse(location, from.href)) {
    throw new ServiceError(
      'url_fetch_failed',
      `The host answered with status ${statusCode} and no valid Location.`,
    );
  }
  return new URL(location, from.href);
}

/**
 * The whole body of a response.
 *
 * @param maxBytes the most that is read; a larger `Content-Length` is refused before a byte is.
 * @param onChunk called for every piece that arrives.
 * @throws {ServiceError} `url_fetch_failed` for another status than 200, a content coding or an empty body;
 * `image_too_large` for more than `maxBytes`.
 */
export async function readImage(
  response: IncomingMessage,
  maxBytes: number,
  onChunk: () => void,
): Promise<Uint8Array> {
  const { statusCode, headers } = response;
  if (statusCode !== 200) {
    throw new ServiceError('url_fetch_failed', `The host answered with status ${statusCode}; expected 200.`);
  }
  // Not decoded but refused: identity was asked for, and a decoder would have to be guarded against bombs.
  const coding = headers['content-encoding'] ?? '';
  if (coding !== '' && coding.toLowerCase() !== 'identity') {
    throw new ServiceError('url_fetch_failed', 'The host answered with a content coding; expected identity.');
  }
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);

  const chunks: Uint8Array[] = [];
  let received = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    onChunk();
    received += chunk.byteLength;
    if (received > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  if (received === 0) throw new ServiceError('url_fetch_failed', 'The host answered with an empty body.');
  return Buffer.concat(chunks, received);
}

function tooLarge(maxBytes: number): ServiceError {
  return new ServiceError('image_too_large', `Expected at most ${maxBytes} bytes behind the URL, got more.`);
}
