import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ServiceError } from '../../errors.ts';
import type { Refuse } from './refusals.ts';

export interface ConnectionLimits {
  readonly maxConnections: number;
  /** The share of them that one address may have, 0..1. */
  readonly addressShare: number;
}

/**
 * Limits the number of connections, because even an idle one takes memory. When the limit is reached, a new
 * connection replaces the one that has been idle longest. When its address has reached its share, it replaces
 * one of the same address. If no connection is idle, the slowest body or stream is ended; if none is slow, the
 * new connection is refused.
 *
 * @param endSlowest ends the slowest body or stream; its connection then closes. @returns whether there was one.
 */
export function limitConnections(
  server: Server,
  { maxConnections, addressShare }: ConnectionLimits,
  endSlowest: () => boolean,
  refuse: Refuse,
): void {
  const perAddress = Math.max(1, Math.floor(maxConnections * addressShare));
  const open = new Set<Socket>();
  /** Connections without a request, in the order in which they became idle. */
  const idle = new Set<Socket>();
  const requests = new WeakMap<Socket, number>();

  function closeLongestIdle(address?: string): boolean {
    for (const socket of idle) {
      if (address !== undefined && socket.remoteAddress !== address) continue;
      forget(socket);
      socket.destroy();
      return true;
    }
    return false;
  }

  function forget(socket: Socket): void {
    open.delete(socket);
    idle.delete(socket);
  }

  function hasShare(address: string | undefined): boolean {
    if (open.size < perAddress) return false;
    return [...open].filter((socket) => socket.remoteAddress === address).length >= perAddress;
  }

  function makeRoomFor(address: string | undefined): boolean {
    if (hasShare(address)) return closeLongestIdle(address ?? '');
    return open.size < maxConnections || closeLongestIdle() || endSlowest();
  }

  server.on('connection', (socket: Socket) => {
    if (!makeRoomFor(socket.remoteAddress)) {
      socket.write(refuse(tooMany(maxConnections, perAddress), socket));
      socket.destroySoon();
      return;
    }
    open.add(socket);
    idle.add(socket);
    socket.once('close', () => forget(socket));
  });

  server.on('request', ({ socket }: IncomingMessage, outgoing: ServerResponse) => {
    requests.set(socket, (requests.get(socket) ?? 0) + 1);
    idle.delete(socket);
    outgoing.once('close', () => {
      const left = (requests.get(socket) ?? 1) - 1;
      requests.set(socket, left);
      if (left === 0 && open.has(socket)) idle.add(socket);
    });
  });
}

function tooMany(maximum: number, perAddress: number): ServiceError {
  return new ServiceError(
    'overloaded',
    `The service accepts ${maximum} connections at a time, and ${perAddress} from one address.`,
    { retryAfterSeconds: 1 },
  );
}
