import { ServiceError } from '../errors.ts';
import { isGlobalAddress } from './address.ts';
import { openSocket, resolveTarget } from './connect.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { sendRequest } from './request.ts';
import { createResolver, type Resolver } from './resolver.ts';
import { receiveBody, redirectOf, type TakePiece } from './response.ts';
import { checkTarget, parseTarget, type TargetRules, type TargetSubject } from './target.ts';

export { withoutQuery } from './redaction.ts';
export type { ResolvedAddress, Resolver } from './resolver.ts';
export { type TakePiece, urlTooLarge } from './response.ts';

export interface UrlFetchSettings {
  /** Whether `http:` is allowed as well as `https:`, in the URL and in its redirects. */
  readonly allowHttp: boolean;
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

/** For tests only. The running service always uses the defaults; no setting changes them. */
export interface UrlFetchDependencies {
  /** @default the name servers of the operating system */
  readonly resolve?: Resolver;
  /** @default only global unicast addresses */
  readonly isAllowedAddress?: (address: string) => boolean;
  /** @default only 80 and 443 */
  readonly isAllowedPort?: (port: number) => boolean;
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
  dependencies: UrlFetchDependencies = {},
): UrlFetcher {
  const { resolve = createResolver() } = dependencies;
  const rules: TargetRules = {
    allowHttp: settings.allowHttp,
    isAllowedAddress: dependencies.isAllowedAddress ?? isGlobalAddress,
    isAllowedPort: dependencies.isAllowedPort ?? ((port) => port === 80 || port === 443),
  };

  return async (text, take, callerSignal) => {
    const deadline = startDeadline(settings, callerSignal);
    try {
      let url = parseTarget(text);
      for (let redirects = 0; redirects <= settings.maxRedirects; redirects++) {
        const subject = redirects === 0 ? 'The URL' : 'A redirect of the URL';
        const redirect = await fetchHop(url, { settings, resolve, rules, subject, take, deadline });
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
  readonly resolve: Resolver;
  readonly rules: TargetRules;
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
  const { settings, resolve, rules, subject, take, deadline } = context;
  checkTarget(url, rules, subject);
  const addresses = await deadline.race(() => resolveTarget(url, resolve, rules, subject, deadline.signal));
  const socket = await deadline.race(() => openSocket(url, addresses, rules, subject, deadline.signal));
  try {
    const response = await deadline.race(() => sendRequest(url, settings.accept, socket));
    deadline.progress();
    const redirect = redirectOf(response, url);
    if (redirect !== undefined) return redirect;
    await deadline.race(() => receiveBody(response, settings.maxBytes, take, deadline.progress));
    return undefined;
  } catch (cause) {
    deadline.signal.throwIfAborted();
    if (cause instanceof ServiceError) throw cause;
    throw new ServiceError(
      'url_fetch_failed',
      'The host closed the connection before its response was complete.',
      {
        cause,
      },
    );
  } finally {
    socket.destroy(); // together with the rest of the body
  }
}
