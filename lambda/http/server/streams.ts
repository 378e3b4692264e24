import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError } from '../../errors.ts';
import type { ConnectionLimits } from './connections.ts';

/** Of all connections. */
const SHARE = 0.25;
/** A page of a stream is written at once, so less than some seconds say little. */
const WINDOW_MS = 5000;
/** A stream slower than 32 KiB a second is ended when others need its place or its connection. */
const SLOW_BYTES_A_WINDOW = 160 * 1024;

/** One answer that its client is reading. */
interface Stream {
  readonly address: string | undefined;
  readonly outgoing: ServerResponse;
  /** What was written in the last whole window; undefined in the first window. */
  lastBytes: number | undefined;
}

/** Answers that take as long as their clients read. They are results of jobs, which can be asked for again. */
export interface Streams {
  /**
   * Counts an answer until it ends. If there are too many, or too many of its address, it takes the place of the slowest.
   *
   * @throws ServiceError `overloaded` if none of those is slow.
   */
  start(incoming: IncomingMessage, outgoing: ServerResponse): void;
  /** Ends the slowest stream, if any is slow. @returns whether there was one. */
  endSlowest(): boolean;
}

export function createStreams({ maxConnections, addressShare }: ConnectionLimits): Streams {
  const most = Math.max(1, Math.floor(maxConnections * SHARE));
  const perAddress = Math.max(1, Math.floor(most * addressShare));
  const open = new Set<Stream>();

  function endSlowestOf(streams: readonly Stream[]): boolean {
    const speed = ({ lastBytes = Number.POSITIVE_INFINITY }: Stream) => lastBytes;
    const [slowest] = streams.toSorted((one, other) => speed(one) - speed(other));
    if (!slowest || speed(slowest) >= SLOW_BYTES_A_WINDOW) return false;
    open.delete(slowest);
    slowest.outgoing.destroy();
    return true;
  }

  function hasRoomFor(address: string | undefined): boolean {
    const own = [...open].filter((stream) => stream.address === address);
    if (own.length >= perAddress) return endSlowestOf(own);
    return open.size < most || endSlowestOf([...open]);
  }

  return {
    start({ socket }, outgoing) {
      if (outgoing.destroyed) return;
      if (!hasRoomFor(socket.remoteAddress)) throw tooMany(most, perAddress);
      const stream: Stream = { address: socket.remoteAddress, outgoing, lastBytes: undefined };
      let before = socket.bytesWritten;
      const timer = setInterval(() => {
        stream.lastBytes = socket.bytesWritten - before;
        before = socket.bytesWritten;
      }, WINDOW_MS);
      open.add(stream);
      outgoing.once('close', () => {
        clearInterval(timer);
        open.delete(stream);
      });
    },
    endSlowest: () => endSlowestOf([...open]),
  };
}

const tooMany = (most: number, perAddress: number): ServiceError =>
  new ServiceError(
    'overloaded',
    `The service sends results to ${most} clients at a time, and to ${perAddress} with one address. Try again.`,
    { retryAfterSeconds: 1 },
  );
