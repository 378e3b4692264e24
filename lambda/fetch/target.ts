import { isIP } from 'node:net';
import { ServiceError } from '../errors.ts';

export interface TargetRules {
  /** Whether `http:` is accepted beside `https:`. */
  readonly allowHttp: boolean;
  readonly isAllowedPort: (port: number) => boolean;
  readonly isAllowedAddress: (address: string) => boolean;
}

/** How messages call the URL being checked: the client wrote the first, a server the others. */
export type TargetSubject = 'The URL' | 'A redirect of the URL';

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * Two labels or more, none of them empty. A single label and a trailing dot have meaning only to the resolver of the
 * network the service runs in (search domains), which is not the client's to use.
 */
const PUBLIC_NAME = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/;

/** Names that mean this machine or this network (RFC 6761, 6762, 8375; ICANN's reservation of `internal`). */
const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|home\.arpa)$/;

/**
 * Reads what a client sent as a URL, the way browsers do (WHATWG): afterwards an IPv4 address in any spelling is dotted
 * decimal, a name is lower-case ASCII, and control characters are gone. Only the result may be used, never the text.
 *
 * @throws {ServiceError} `invalid_request` when it is not an absolute URL.
 */
export function parseTarget(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw new ServiceError('invalid_request', 'The URL of the image is not a URL.', {
      cause,
      fields: [
        { field: 'body.url', message: 'Expected an absolute URL such as https://example.com/cat.jpg.' },
      ],
    });
  }
}

/**
 * Checks what a URL says of itself. Where it leads, a literal address included, is checked by `resolveTarget`.
 *
 * @throws {ServiceError} `url_not_allowed` for its scheme, credentials, port or name.
 */
export function checkTarget(url: URL, rules: TargetRules, subject: TargetSubject): void {
  const refuse = (reason: string): never => {
    throw new ServiceError('url_not_allowed', `${subject} ${reason}.`);
  };
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && rules.allowHttp)) {
    refuse(rules.allowHttp ? 'must use https or http' : 'must use https');
  }
  if (url.username !== '' || url.password !== '') refuse('must not hold a user name or a password');
  if (!rules.isAllowedPort(portOf(url))) refuse('must use port 80 or 443');

  const host = hostOf(url);
  if (isIP(host) === 0 && (!PUBLIC_NAME.test(host) || PRIVATE_NAME.test(host))) {
    refuse('must name a public host in full, without a trailing dot');
  }
}

/** The name or address to connect to: IPv6 without the brackets that URLs put around it. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** The port to connect to, explicit or by scheme; 0, which is nobody's, for a scheme without one. */
export function portOf(url: URL): number {
  return url.port === '' ? (DEFAULT_PORTS[url.protocol] ?? 0) : Number(url.port);
}
