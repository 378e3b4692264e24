import { ServiceError } from '../errors.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { createGuard, type Guard, type GuardDependencies, type GuardSettings } from './guard.ts';
import { requestOn } from './request.ts';
import { exchangeError, receiveBody, redirectOf, type TakePiece } from './response.ts';
import { parseTarget, type TargetSubject } from './target.ts';

export type { GuardDependencies } from './guard.ts';
export { withoutPath, withoutQuery } from './redaction.ts';
export type { ResolvedAddress, Resolver } from './resolver.ts';
export { type TakePiece, urlTooLarge } from './response.ts';

export interface UrlFetchSettings extends GuardSettings {
  /** The media types to ask for: the `Accept` header. */
  readonly accept: string;
  /** The most bytes of a body. */
  readonly maxBytes: number;
  /** For the whole fetch, from resolving the name to the last byte, redirects included. In milliseconds. */
  readonly totalTimeoutMs: number;
  /** For the wait between two pieces of a response. In milliseconds. */
  readonly idleTimeoutMs: number;
  /** The most redirects that are followed. */
  readonly maxRedirects: number;
}

/**
 * Fetches a URL and hands over its body piece by piece. The content type that the host sends is ignored.
 *
 * @throws {ServiceError} `invalid_request` for text that is not a URL, `url_not_allowed` for a scheme,
 *   credentials, a port or an address that is not allowed, in the URL or in a redirect, `url_fetch_failed`,
 *   `url_timeout` or `image_too_large`; or the reason of `signal`.
 */
export type UrlFetcher = (url: string, take: TakePiece, signal?: AbortSignal) => Promise<void>;

/**
 * Creates a fetcher that is safe for URLs from strangers: it connects only to public addresses and only to
 * ports 80 and 443, and it limits time and bytes.
 *
 * @example
 * const fetchUrl = createUrlFetcher({
 *   allowHttp: false, accept: 'image/*', maxBytes: 4_500_000, totalTimeoutMs: 10_000, idleTimeoutMs: 3_000,
 *   maxRedirects: 3,
 * });
 * await fetchUrl('https://example.com/cat.jpg', (piece) => collector.add(piece));
 */
export function createUrlFetcher(
  settings: UrlFetchSettings,
  dependencies: GuardDependencies = {},
): UrlFetcher {
  const connect = createGuard(settings, dependencies);

  return async (text, take, callerSignal) => {
    const deadline = startDeadline(settings, callerSignal);
    try {
      let url = parseTarget(text);
      for (let redirects = 0; redirects <= settings.maxRedirects; redirects++) {
        const subject = redirects === 0 ? 'The URL' : 'A redirect of the URL';
        const redirect = await fetchHop(url, { settings, connect, subject, take, deadline });
        if (!redirect) return;
        url = redirect;
      }
      throw new ServiceError(
        'url_fetch_failed',
        `The URL redirects more than ${settings.maxRedirects} times.`,
      );
    } finally {
      deadline.stop();
    }
  };
}

interface HopContext {
  readonly settings: UrlFetchSettings;
  readonly connect: Guard;
  readonly subject: TargetSubject;
  readonly take: TakePiece;
  readonly deadline: Deadline;
}

/**
 * One request with all its checks.
 *
 * @returns the target of a redirect, or undefined once the body was received.
 */
async function fetchHop(url: URL, context: HopContext): Promise<URL | undefined> {
  const { settings, connect, subject, take, deadline } = context;
  const socket = await connect(url, subject, deadline);
  try {
    const response = await deadline.race(() =>
      requestOn(socket, url, { method: 'GET', headers: { accept: settings.accept } }),
    );
    deadline.progress();
    const redirect = redirectOf(response, url);
    if (redirect !== undefined) return redirect;
    await deadline.race(() => receiveBody(response, settings.maxBytes, take, deadline.progress));
    return undefined;
  } catch (cause) {
    throw exchangeError(cause, deadline.signal);
  } finally {
    socket.destroy(); // together with the rest of the body
  }
}
