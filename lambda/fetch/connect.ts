import { isIP, type LookupFunction, connect as openTcp, type Socket } from 'node:net';
import { connect as openTls } from 'node:tls';
import { ServiceError } from '../errors.ts';
import type { ResolvedAddress, Resolver } from './resolver.ts';
import { hostOf, portOf, type TargetRules, type TargetSubject } from './target.ts';

/**
 * The addresses a URL may be fetched from. Every answer of the resolver must be allowed: one that is not tells of a
 * name set up to reach inside, and which of several is used would be a matter of chance.
 *
 * @throws {ServiceError} `url_fetch_failed` without an answer, `url_not_allowed` with one that is not public. The
 * addresses are not said: they would map the network of the service for whoever asks.
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
 * Opens a socket to one of the addresses that were checked. The name is not resolved again, so an answer that changes
 * between check and connection (DNS rebinding) is never seen; it still serves for SNI and the certificate. The peer is
 * checked once more before the socket is handed over, and only then can a request be written to it: should Node ever
 * connect without asking `lookup` (as it does for literals), nothing is sent.
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
        rejectUnauthorized: true, // said aloud, so that NODE_TLS_REJECT_UNAUTHORIZED=0 cannot switch it off
      })
    : openTcp(target);
  signal.addEventListener('abort', () => socket.destroy(), { once: true });

  return new Promise((resolve, reject) => {
    socket.on('error', (cause) => {
      const detail = secure
        ? 'A TLS connection with a trusted certificate could not be opened to the host of the URL.'
        : 'A connection could not be opened to the host of the URL.';
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

function notPublic(subject: TargetSubject): ServiceError {
  return new ServiceError('url_not_allowed', `${subject} must lead to public addresses only.`);
}

/** A `lookup` that has its answer already. Several addresses are tried in turn by Node (RFC 8305). */
function answering(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}
