import { isIP } from 'node:net';
import { ServiceError } from '../errors.ts';

export interface TargetRules {
  /** Whether `http:` is allowed as well as `https:`. */
  readonly allowHttp: boolean;
  readonly isAllowedPort: (port: number) => boolean;
  readonly isAllowedAddress: (address: string) => boolean;
}

/** How messages name the URL: clients send URLs of images and of webhooks, hosts send redirects. */
export type TargetSubject = 'The URL' | 'A redirect of the URL' | 'The URL of the webhook';

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * Two or more labels, none of them empty. A single label or a trailing dot would make the resolver use the
 * search domains of the service's own network.
 */
const PUBLIC_NAME = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/;

/** Names of this machine or this network (RFC 6761, 6762, 8375; ICANN reserves `internal`). */
const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|home\.arpa)$/;

/**
 * Parses a URL as browsers do (WHATWG): in the result an IPv4 address is dotted decimal, a name is lower-case
 * ASCII, and control characters are removed. Use only the result, never the text.
 *
 * @throws {ServiceError} `invalid_request` for text that is not an absolute URL.
 */
export function parseTarget(text: string, subject: TargetSubject = 'The URL'): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw new ServiceError('invalid_request', `${subject} is not a valid absolute URL.`, { cause });
  }
}

/**
 * Checks the scheme, credentials, port and name of a URL. `resolveTarget` checks the address, even if the URL
 * contains it.
 *
 * @throws {ServiceError} `url_not_allowed`
 */
export function checkTarget(url: URL, rules: TargetRules, subject: TargetSubject): void {
  const refuse = (reason: string): never => {
    throw new ServiceError('url_not_allowed', `${subject} ${reason}.`);
  };
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && rules.allowHttp)) {
    refuse(rules.allowHttp ? 'must use https or http' : 'must use https');
  }
  if (url.username !== '' || url.password !== '') refuse('must not contain a user name or a password');
  if (!rules.isAllowedPort(portOf(url))) refuse('must use port 80 or 443');

  const host = hostOf(url);
  if (isIP(host) === 0 && (!PUBLIC_NAME.test(host) || PRIVATE_NAME.test(host))) {
    refuse('must have the full name of a public host, without a trailing dot');
  }
}

/** The name or address to connect to. An IPv6 address is without the brackets that it has in a URL. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** The port to connect to, from the URL or by its scheme. 0 for a scheme that is neither http nor https. */
export function portOf(url: URL): number {
  return url.port === '' ? (DEFAULT_PORTS[url.protocol] ?? 0) : Number(url.port);
}
