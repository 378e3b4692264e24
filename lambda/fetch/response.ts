import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../errors.ts';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * The target of a redirect, resolved against the URL that was requested. `undefined` for any other response.
 *
 * @throws {ServiceError} `url_fetch_failed` for a redirect without a valid target.
 */
export function redirectOf({ statusCode, headers }: IncomingMessage, from: URL): URL | undefined {
  if (statusCode === undefined || !REDIRECTS.has(statusCode)) return undefined;
  const { location } = headers;
  if (location === undefined || !URL.canParse(location, from.href)) {
    throw new ServiceError(
      'url_fetch_failed',
      `The host answered with status ${statusCode} but without a valid Location header.`,
    );
  }
  return new URL(location, from.href);
}

/**
 * Takes a piece of the body. If it returns a promise, the next piece must wait until the promise resolves.
 */
export type TakePiece = (piece: Uint8Array) => Promise<void> | undefined;

/**
 * Hands over the whole body of a response, piece by piece.
 *
 * @param maxBytes the most bytes to read. A larger `Content-Length` is refused before any byte is read.
 * @param onPiece called for every piece that arrives.
 * @throws {ServiceError} `url_fetch_failed` for a status other than 200, a content encoding or an empty body;
 * `image_too_large` for more than `maxBytes`; and what `take` throws.
 */
export async function receiveBody(
  response: IncomingMessage,
  maxBytes: number,
  take: TakePiece,
  onPiece: () => void,
): Promise<void> {
  const { statusCode, headers } = response;
  if (statusCode !== 200) {
    throw new ServiceError('url_fetch_failed', `Expected status 200 from the host, got ${statusCode}.`);
  }
  // Refused instead of decoded: the request asked for `identity`, and a decoder would need limits of its own.
  const encoding = headers['content-encoding'] ?? '';
  if (encoding !== '' && encoding.toLowerCase() !== 'identity') {
    throw new ServiceError(
      'url_fetch_failed',
      'Expected an uncompressed response from the host, got one with a content encoding.',
    );
  }
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw urlTooLarge(maxBytes);

  let received = 0;
  for await (const piece of response as AsyncIterable<Uint8Array>) {
    onPiece();
    received += piece.byteLength;
    if (received > maxBytes) throw urlTooLarge(maxBytes);
    await take(piece);
  }
  if (received === 0)
    throw new ServiceError('url_fetch_failed', 'Expected a body from the host, got an empty one.');
}

export function urlTooLarge(maxBytes: number): ServiceError {
  return new ServiceError('image_too_large', `Expected at most ${maxBytes} bytes from the URL, got more.`);
}

/**
 * What to throw after an error between the request and the end of the response: the reason of an aborted signal, our
 * own error, or `url_fetch_failed` for an error of Node.js.
 */
export function exchangeError(cause: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (cause instanceof ServiceError) return cause;
  return new ServiceError(
    'url_fetch_failed',
    'The host closed the connection before its response was complete.',
    { cause },
  );
}
