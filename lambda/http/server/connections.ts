import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { ServiceError } from '../../errors.ts';
import { rawProblem } from './raw-problem.ts';

export interface ConnectionLimits {
  readonly maxConnections: number;
  /** What one address may have of them, 0..1. */
  readonly addressShare: number;
}

/**
 * Bounds the connections, each of which takes memory whether it asks for anything or not. Idle ones make room for new
 * ones; where none is idle, a new one is refused.
 */
export function limitConnections(server: Server, { maxConnections, addressShare }: ConnectionLimits): void {
  const perAddress = Math.max(1, Math.floor(maxConnections * addressShare));
  const open = new Set<Socket>();
  const fromAddress = (address: string | undefined) =>
    [...open].filter((socket) => socket.remoteAddress === address).length;
  const isFull = (address: string | undefined) =>
    open.size >= maxConnections || (open.size >= perAddress && fromAddress(address) >= perAddress);

  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    if (isFull(remoteAddress)) closeIdle();
    if (isFull(remoteAddress)) {
      socket.write(rawProblem(tooMany(maxConnections, perAddress)));
      socket.destroySoon();
      return;
    }
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });

  function closeIdle(): void {
    server.closeIdleConnections();
    for (const socket of open) if (socket.destroyed) open.delete(socket);
  }
}

function tooMany(maximum: number, perAddress: number): ServiceError {
  return new ServiceError(
    'overloaded',
    `The service takes ${maximum} connections at a time, and ${perAddress} from one address.`,
    { retryAfterSeconds: 1 },
  );
}
