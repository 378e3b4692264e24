import { ServiceError } from '../errors.ts';
import { isGlobalAddress } from './address.ts';
import { openSocket, resolveTarget } from './connect.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { sendRequest } from './request.ts';
import { createResolver, type Resolver } from './resolver.ts';
import { receiveImage, redirectOf, type TakePiece } from './response.ts';
import { checkTarget, parseTarget, type TargetRules, type TargetSubject } from './target.ts';

export { withoutQuery } from './redaction.ts';
export type { ResolvedAddress, Resolver } from './resolver.ts';
export { urlTooLarge } from './response.ts';

export interface UrlFetchSettings {
  /** Whether `http:` is accepted beside `https:`, in the URL and in its redirects. */
  readonly allowHttp: boolean;
  /** The most bytes a body may have. */
  readonly maxBytes: number;
  /** For everything from the name to the last byte, redirects included, in milliseconds. */
  readonly totalTimeoutMs: number;
  /** The longest silence of a host, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** How many redirects are followed before giving up. */
  readonly maxRedirects: number;
}

/** What the tests replace. No configuration reaches these: the running service always uses the defaults. */
export interface UrlFetchDependencies {
  /** @default the name servers of the operating system */
  readonly resolve?: Resolver;
  /** @default only global unicast addresses */
  readonly isAllowedAddress?: (address: string) => boolean;
  /** @default only 80 and 443 */
  readonly isAllowedPort?: (port: number) => boolean;
}

/**
 * Hands over the bytes behind a URL, piece by piece. What they are is for the reader to detect: the host's word on it is
 * ignored.
 *
 * @throws {ServiceError} `invalid_request` (not a URL), `url_not_allowed` (scheme, credentials, port or an address that is
 * not public, there or behind a redirect), `url_fetch_failed`, `url_timeout` or `image_too_large`; or the reason of `signal`.
 */
export type ImageFetcher = (url: string, take: TakePiece, signal?: AbortSignal) => Promise<void>;

/**
 * A fetcher that can be given a stranger's URL: it connects to public addresses only, on the ports of the web only,
 * and reads no more and no longer than it was told.
 *
 * @example
 * const fetchImage = createImageFetcher({
 *   allowHttp: false, maxBytes: 4_500_000, totalTimeoutMs: 10_000, idleTimeoutMs: 3_000, maxRedirects: 3,
 * });
 * await fetchImage('https://example.com/cat.jpg', (piece) => collector.add(piece));
 */
export function createImageFetcher(
  settings: UrlFetchSettings,
  dependencies: UrlFetchDependencies = {},
): ImageFetcher {
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
        `The URL redirects more than ${settings.maxRedirects} times, the most that is followed.`,
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

/** One request, checked from scratch. @returns where the image is said to be; undefined where it came. */
async function fetchHop(url: URL, context: HopContext): Promise<URL | undefined> {
  const { settings, resolve, rules, subject, take, deadline } = context;
  checkTarget(url, rules, subject);
  const addresses = await deadline.race(() => resolveTarget(url, resolve, rules, subject, deadline.signal));
  const socket = await deadline.race(() => openSocket(url, addresses, rules, subject, deadline.signal));
  try {
    const response = await deadline.race(() => sendRequest(url, socket));
    deadline.progress();
    const redirect = redirectOf(response, url);
    if (redirect !== undefined) return redirect;
    await deadline.race(() => receiveImage(response, settings.maxBytes, take, deadline.progress));
    return undefined;
  } catch (cause) {
    deadline.signal.throwIfAborted();
    if (cause instanceof ServiceError) throw cause;
    throw new ServiceError('url_fetch_failed', 'The host broke off before its answer was complete.', {
      cause,
    });
  } finally {
    socket.destroy(); // and with it whatever of the body was not read
  }
}
