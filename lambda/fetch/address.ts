import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Global unicast by the registries, yet answered by the machine the code runs on: 168.63.129.16 is Azure's platform
 * endpoint (the container image may run there). The other clouds' endpoints lie in special-purpose blocks.
 */
const CLOUD_PLATFORM_ADDRESSES: ReadonlySet<string> = new Set(['168.63.129.16']);

/**
 * Whether an IP address is certainly global unicast, and so may be fetched from on a stranger's word.
 *
 * An allow-list: text that is not one canonical spelling of an address is refused, and so is every block of the IANA
 * special-purpose registries, including those which carry an IPv4 address inside an IPv6 one (mapped, compatible,
 * NAT64, 6to4, Teredo, ISATAP): a gateway on the way may unwrap it, and nobody publishes images there.
 *
 * @param address what a resolver, a socket or a parsed URL gives: dotted decimal, or IPv6 without brackets.
 */
export function isGlobalAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return isGlobalIPv4(address);
    case 6:
      return isGlobalIPv6(address);
    default:
      return false;
  }
}

function isGlobalIPv4(address: string): boolean {
  return ipaddr.IPv4.parse(address).range() === 'unicast' && !CLOUD_PLATFORM_ADDRESSES.has(address);
}

function isGlobalIPv6(address: string): boolean {
  // A zone id gives a scope to the address, and an address with a scope is not global.
  if (address.includes('%')) return false;
  const parsed = ipaddr.IPv6.parse(address);
  return parsed.range() === 'unicast' && isInGlobalUnicastSpace(parsed.parts) && !isIsatap(parsed.parts);
}

/** 2000::/3, the only space IANA delegates global unicast from (RFC 4291). ipaddr.js says `unicast` to the unassigned too. */
function isInGlobalUnicastSpace([first = 0]: readonly number[]): boolean {
  return first >> 13 === 1;
}

/** ISATAP (RFC 5214) has no prefix of its own: the interface identifier is 0000:5efe or 0200:5efe, then an IPv4 address. */
function isIsatap(parts: readonly number[]): boolean {
  const [, , , , fifth = 0, sixth = 0] = parts;
  return (fifth & ~0x0200) === 0 && sixth === 0x5efe;
}
