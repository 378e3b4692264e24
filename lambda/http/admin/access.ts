import type { AdminSettings } from '../../config/admin.ts';
import { ServiceError } from '../../errors.ts';
import { hasProxyHeader, isLoopbackAddress, isLoopbackHost } from './loopback.ts';
import { bearerTokenOf, tokenMatcher } from './token.ts';

/** What is known of a client. */
export interface Caller {
  /** Of the other end of the connection. */
  readonly address: string | undefined;
  /** Such as `1.1`. */
  readonly httpVersion: string | undefined;
  readonly headers: Headers;
  /** The host of the request's URL: that of its target, or else that of the `Host` header. */
  readonly host: string;
}

/** RFC 6750, 3. */
const CHALLENGE = 'Bearer realm="admin"';
const NO_TOKEN = 'Expected the token of ADMIN_TOKEN as a bearer token, got none.';

/**
 * Checks who asks for the live view or the metrics.
 *
 * Every client on the same machine has a loopback address. So does every client of a proxy on the same machine,
 * which is why the headers that proxies add are refused, and HTTP/1.0, which nginx before 1.29.7 speaks unless it is
 * configured: it adds no header and replaces `Host`. And so does a page of another site whose host name was made to
 * resolve to this machine (DNS rebinding), which is why the `Host` header must name this machine.
 *
 * @throws ServiceError `unauthorized` or `forbidden`
 */
export function accessCheck({ audience, token }: AdminSettings): (caller: Caller) => void {
  const isRight = token === undefined ? undefined : tokenMatcher(token);

  function requireLoopback(caller: Caller): void {
    const reason = whyNotLocal(caller);
    if (reason === undefined) return;
    if (isRight) throw unauthorized(NO_TOKEN);
    throw new ServiceError(
      'forbidden',
      `Only clients on the same machine may see this, and ${reason}. ` +
        'To let others in, set ADMIN_TOKEN to a token that they send, or ADMIN=on to let everybody in.',
    );
  }

  return (caller) => {
    requireOwnPage(caller);
    const authorization = caller.headers.get('authorization');
    if (isRight && authorization !== null) {
      if (!isRight(bearerTokenOf(authorization) ?? '')) throw unauthorized('The token is not the right one.');
    } else if (audience === 'loopback') requireLoopback(caller);
    else if (isRight) throw unauthorized(NO_TOKEN);
  };
}

/** Browsers say which site's page asks. The answer has no CORS headers, so another site's page could not read it. */
function requireOwnPage({ headers, host }: Caller): void {
  const site = headers.get('sec-fetch-site') ?? 'none';
  const origin = headers.get('origin');
  const isOwn = origin === null || URL.parse(origin)?.host === host;
  // A link of another site may lead here.
  const isVisit =
    headers.get('sec-fetch-mode') === 'navigate' && headers.get('sec-fetch-dest') === 'document';
  if (isOwn && (site === 'same-origin' || site === 'none' || isVisit)) return;
  throw new ServiceError('forbidden', 'A page of another site may not read this.');
}

function whyNotLocal({ address, httpVersion, headers, host }: Caller): string | undefined {
  if (!isLoopbackAddress(address)) return 'this request came from another one';
  if (httpVersion === '1.0') return 'this request came in HTTP/1.0, perhaps through a proxy';
  if (hasProxyHeader(headers)) return 'a header of this request says that it came through a proxy';
  if (!isLoopbackHost(headers.get('host') ?? undefined) || !isLoopbackHost(host)) {
    return 'the Host header of this request does not name it (expected localhost, 127.0.0.1 or [::1])';
  }
  return undefined;
}

const unauthorized = (detail: string): ServiceError =>
  new ServiceError('unauthorized', detail, { challenge: CHALLENGE });
