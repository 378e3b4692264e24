import { promises as dns } from 'node:dns';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Every address of a name. Rejects where there is none, or when the signal aborts. */
export type Resolver = (hostname: string, signal: AbortSignal) => Promise<readonly ResolvedAddress[]>;

export interface ResolverSettings {
  /** Addresses of name servers, each with its port or not. @default those of the operating system */
  readonly servers?: readonly string[];
}

/** For one try of one server, in milliseconds; there are two tries. */
const TIMEOUT_MS = 2000;
const TRIES = 2;

/**
 * Asks the name servers by sockets of its own. `dns.lookup` would ask the C library, which takes one of the few threads
 * that decode images, for as long as a dead server lets it wait, and which nothing can stop. The price: `/etc/hosts`
 * and other sources than DNS do not count, and no name in them may be fetched from anyway.
 */
export function createResolver({ servers }: ResolverSettings = {}): Resolver {
  return async (hostname, signal) => {
    signal.throwIfAborted();
    // One for each name: cancelling ends all that a resolver was asked.
    const resolver = new dns.Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
    if (servers) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const [ipv4, ipv6] = await Promise.allSettled([
        resolver.resolve4(hostname),
        resolver.resolve6(hostname),
      ]);
      // A name may have addresses of one kind only.
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
