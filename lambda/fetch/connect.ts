import { isIP, type LookupFunction, connect as openTcp, type Socket } from 'node:net';
import { connect as openTls } from 'node:tls';
import { ServiceError } from '../errors.ts';
import type { ResolvedAddress, Resolver } from './resolver.ts';
import { hostOf, portOf, type TargetRules, type TargetSubject } from './target.ts';

/**
 * Finds the addresses of a URL. All of them must be allowed: a name with even one internal address was
 * probably set up to reach the internal network, and any of its addresses could be used.
 *
 * @throws {ServiceError} `url_fetch_failed` if the name cannot be resolved, `url_not_allowed` if an address
 *   is not public. Messages do not contain the addresses, because they would reveal the network of the
 *   service.
 */
export async function resolveTarget(
  url: URL,
  resolve: Resolver,
  rules: TargetRules,
  subject: TargetSubject,
  signal: AbortSignal,
): Promise<readonly ResolvedAddress[]> {
  const host = hostOf(url);
  const family = isIP(host);
  const addresses = family === 0 ? await lookUp(host, resolve, signal) : [{ address: host, family }];
  if (!addresses.every(({ address }) => rules.isAllowedAddress(address))) throw notPublic(subject);
  return addresses;
}

async function lookUp(
  host: string,
  resolve: Resolver,
  signal: AbortSignal,
): Promise<readonly ResolvedAddress[]> {
  const detail = 'The host name of the URL could not be resolved.';
  const addresses = await resolve(host, signal).catch((cause: unknown) => {
    throw new ServiceError('url_fetch_failed', detail, { cause });
  });
  if (addresses.length === 0) throw new ServiceError('url_fetch_failed', detail);
  return addresses;
}

/**
 * Opens a socket to one of the checked addresses. The name is not resolved again, so an answer that changes
 * between the check and the connection (DNS rebinding) has no effect. The name is still used for SNI and the
 * certificate.
 *
 * The address of the peer is checked once more before the socket is returned. If Node ever connects without
 * calling `lookup`, as it does for literal addresses, no request is sent to an address that is not allowed.
 *
 * @param signal closes the socket, connected or not.
 * @throws {ServiceError} `url_fetch_failed` without a connection or a trusted certificate, `url_not_allowed`.
 */
export function openSocket(
  url: URL,
  addresses: readonly ResolvedAddress[],
  rules: TargetRules,
  subject: TargetSubject,
  signal: AbortSignal,
): Promise<Socket> {
  const host = hostOf(url);
  const target = { host, port: portOf(url), lookup: answering(addresses) };
  const secure = url.protocol === 'https:';
  const socket = secure
    ? openTls({
        ...target,
        servername: isIP(host) === 0 ? host : '', // RFC 6066: never an address
        ALPNProtocols: ['http/1.1'],
        rejectUnauthorized: true, // explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 cannot switch it off
      })
    : openTcp(target);
  signal.addEventListener('abort', () => socket.destroy(), { once: true });

  return new Promise((resolve, reject) => {
    socket.on('error', (cause) => {
      const detail = secure
        ? 'Could not open a TLS connection with a trusted certificate to the host of the URL.'
        : 'Could not open a connection to the host of the URL.';
      reject(new ServiceError('url_fetch_failed', detail, { cause }));
    });
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      if (rules.isAllowedAddress(socket.remoteAddress ?? '')) {
        resolve(socket);
      } else {
        socket.destroy();
        reject(notPublic(subject));
      }
    });
  });
}

export function notPublic(subject: TargetSubject): ServiceError {
  return new ServiceError('url_not_allowed', `${subject} must point only to public addresses.`);
}

/** A `lookup` that already has its answer. Node tries several addresses in turn (RFC 8305). */
export function answering(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}
