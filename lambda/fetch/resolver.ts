import { promises as dns } from 'node:dns';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Finds every address of a name. Rejects if there is none, or when the signal aborts. */
export type Resolver = (hostname: string, signal: AbortSignal) => Promise<readonly ResolvedAddress[]>;

export interface ResolverSettings {
  /** Addresses of name servers, with or without a port. @default those of the operating system */
  readonly servers?: readonly string[];
}

/** For one try of one server, in milliseconds. */
const TIMEOUT_MS = 2000;
const TRIES = 2;

/**
 * Asks the name servers on sockets of its own. `dns.lookup` uses the C library, which blocks one of the few
 * threads that decode images until a dead server times out, and cannot be cancelled. In return, `/etc/hosts`
 * and other sources are ignored, but their names are not public and could not be fetched anyway.
 */
export function createResolver({ servers }: ResolverSettings = {}): Resolver {
  return async (hostname, signal) => {
    signal.throwIfAborted();
    // One resolver for each name, because `cancel` ends all queries of a resolver.
    const resolver = new dns.Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
    if (servers) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const [ipv4, ipv6] = await Promise.allSettled([
        resolver.resolve4(hostname),
        resolver.resolve6(hostname),
      ]);
      // A name may have only IPv4 or only IPv6 addresses.
      if (ipv4.status === 'rejected' && ipv6.status === 'rejected') throw ipv4.reason;
      return [...addressesOf(ipv4, 4), ...addressesOf(ipv6, 6)];
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };
}

function addressesOf(
  answer: PromiseSettledResult<readonly string[]>,
  family: number,
): readonly ResolvedAddress[] {
  return answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : [];
}
