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

/** Takes a piece of the image; returns a promise where no other piece may come before it resolves. */
export type TakePiece = (piece: Uint8Array) => Promise<void> | undefined;

/**
 * Hands over the whole body of a response, piece by piece.
 *
 * @param maxBytes the most that is read; a larger `Content-Length` is refused before a byte is.
 * @param onPiece called for every piece that arrives.
 * @throws {ServiceError} `url_fetch_failed` for another status than 200, a content coding or an empty body;
 * `image_too_large` for more than `maxBytes`; and what `take` throws.
 */
export async function receiveImage(
  response: IncomingMessage,
  maxBytes: number,
  take: TakePiece,
  onPiece: () => void,
): Promise<void> {
  const { statusCode, headers } = response;
  if (statusCode !== 200) {
    throw new ServiceError('url_fetch_failed', `The host answered with status ${statusCode}; expected 200.`);
  }
  // Not decoded but refused: identity was asked for, and a decoder would have to be guarded against bombs.
  const coding = headers['content-encoding'] ?? '';
  if (coding !== '' && coding.toLowerCase() !== 'identity') {
    throw new ServiceError('url_fetch_failed', 'The host answered with a content coding; expected identity.');
  }
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw urlTooLarge(maxBytes);

  let received = 0;
  for await (const piece of response as AsyncIterable<Uint8Array>) {
    onPiece();
    received += piece.byteLength;
    if (received > maxBytes) throw urlTooLarge(maxBytes);
    await take(piece);
  }
  if (received === 0) throw new ServiceError('url_fetch_failed', 'The host answered with an empty body.');
}

export function urlTooLarge(maxBytes: number): ServiceError {
  return new ServiceError('image_too_large', `Expected at most ${maxBytes} bytes behind the URL, got more.`);
}
