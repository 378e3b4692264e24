import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Addresses that are global unicast in the registries, but that the host machine answers: 168.63.129.16 is
 * Azure's platform endpoint, and the container image may run there. The endpoints of other clouds are in
 * special-purpose blocks.
 */
const CLOUD_PLATFORM_ADDRESSES: ReadonlySet<string> = new Set(['168.63.129.16']);

/**
 * Whether an IP address is certainly global unicast, so that the service may fetch a stranger's URL from it.
 *
 * This is an allow-list. It refuses any text that is not the canonical spelling of an address, and every
 * block of the IANA special-purpose registries. That includes IPv6 addresses that contain an IPv4 address
 * (mapped, compatible, NAT64, 6to4, Teredo, ISATAP): a gateway could forward to the IPv4 address, and no
 * public site uses them.
 *
 * @param address from a resolver, a socket or a parsed URL: dotted decimal, or IPv6 without brackets.
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
  // An address with a zone id is valid only on one link, so it is not global.
  if (address.includes('%')) return false;
  const parsed = ipaddr.IPv6.parse(address);
  return parsed.range() === 'unicast' && isInGlobalUnicastSpace(parsed.parts) && !isIsatap(parsed.parts);
}

/** 2000::/3, the only global unicast space (RFC 4291). ipaddr.js also calls unassigned space `unicast`. */
function isInGlobalUnicastSpace([first = 0]: readonly number[]): boolean {
  return first >> 13 === 1;
}

/**
 * ISATAP (RFC 5214) has no prefix. Its interface identifier is 0000:5efe or 0200:5efe, then an IPv4 address.
 */
function isIsatap(parts: readonly number[]): boolean {
  const [, , , , fifth = 0, sixth = 0] = parts;
  return (fifth & ~0x0200) === 0 && sixth === 0x5efe;
}
