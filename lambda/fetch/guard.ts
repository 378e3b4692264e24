import { isIP, type Socket } from 'node:net';
import { isGlobalAddress } from './address.ts';
import { notPublic, openSocket, resolveTarget } from './connect.ts';
import type { Deadline } from './deadline.ts';
import { createResolver, type Resolver } from './resolver.ts';
import { checkTarget, hostOf, parseTarget, type TargetRules, type TargetSubject } from './target.ts';

export interface GuardSettings {
  /** Whether `http:` is allowed as well as `https:`, in the URL and in its redirects. */
  readonly allowHttp: boolean;
}

/** For tests only. The running service always uses the defaults; no setting changes them. */
export interface GuardDependencies {
  /** @default the name servers of the operating system */
  readonly resolve?: Resolver;
  /** @default only global unicast addresses */
  readonly isAllowedAddress?: (address: string) => boolean;
  /** @default only 80 and 443 */
  readonly isAllowedPort?: (port: number) => boolean;
}

/** Opens a socket to the host of a URL, after all checks of the URL and its addresses. */
export type Guard = (url: URL, subject: TargetSubject, deadline: Deadline) => Promise<Socket>;

/** The one way to a host that a stranger names: only public addresses, and only ports 80 and 443. */
export function createGuard(settings: GuardSettings, dependencies: GuardDependencies = {}): Guard {
  const { resolve = createResolver() } = dependencies;
  const rules = targetRules(settings, dependencies);
  return async (url, subject, deadline) => {
    checkTarget(url, rules, subject);
    const addresses = await deadline.race(() => resolveTarget(url, resolve, rules, subject, deadline.signal));
    return deadline.race(() => openSocket(url, addresses, rules, subject, deadline.signal));
  };
}

/**
 * Checks as much of a URL as is possible without the network: all but the addresses of its name.
 *
 * @throws {ServiceError} `invalid_request` for text that is not an absolute URL, `url_not_allowed`.
 */
export function checkUrl(
  text: string,
  subject: TargetSubject,
  settings: GuardSettings,
  dependencies: GuardDependencies = {},
): void {
  const url = parseTarget(text, subject);
  const rules = targetRules(settings, dependencies);
  checkTarget(url, rules, subject);
  const host = hostOf(url);
  if (isIP(host) !== 0 && !rules.isAllowedAddress(host)) throw notPublic(subject);
}

function targetRules(
  { allowHttp }: GuardSettings,
  { isAllowedAddress, isAllowedPort }: GuardDependencies = {},
): TargetRules {
  return {
    allowHttp,
    isAllowedAddress: isAllowedAddress ?? isGlobalAddress,
    isAllowedPort: isAllowedPort ?? ((port) => port === 80 || port === 443),
  };
}
