import ipaddr from 'ipaddr.js';

/** A name that every browser resolves to the machine itself, or such an address; perhaps with a port. */
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** Headers with which proxies say for whom they ask, apart from those that begin with `x-forwarded`. */
const PROXY_HEADERS = new Set([
  'cdn-loop',
  'cf-connecting-ip',
  'client-ip',
  'forwarded',
  'true-client-ip',
  'via',
  'x-client-ip',
  'x-original-forwarded-for',
  'x-real-ip',
]);

/** @param address of the other end of a connection. IPv4 may be written as IPv6. */
export function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

/** @param host the value of a `Host` header. */
export const isLoopbackHost = (host: string | undefined): boolean =>
  host !== undefined && LOOPBACK_HOST.test(host);

/** Whether a request has a header that only a proxy adds. */
export function hasProxyHeader(headers: Headers): boolean {
  return [...headers.keys()].some((sent) => {
    const name = sent.replaceAll('_', '-');
    return name.startsWith('x-forwarded') || PROXY_HEADERS.has(name);
  });
}
