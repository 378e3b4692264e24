import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arrivals } from './arrivals.ts';

/**
 * After the notice of a second. Requests that are not answered by then are dropped. Docker kills after 10 s, and closing the
 * folder of jobs takes its time.
 */
const FINISH_LIMIT_MS = 8000;
/** If no connection arrives for this long, none is waiting to be accepted. */
const QUIET_MS = 150;
/** The longest that answers are held back. */
const HOLD_LIMIT_MS = 4000;
const POLL_MS = 5;
/** How long an open connection may take to send its request. */
const IDLE_GRACE_MS = 300;
/** How often connections that hold up the end are looked for. */
const SWEEP_MS = 50;

/** The graceful shutdown of a server. */
export interface Drain {
  readonly isDraining: () => boolean;
  /** Resolves when an answer may be sent: immediately, except while the listening socket is being closed. */
  mayAnswer(): Promise<void>;
  /**
   * Ends the server without losing a request that it has received. Resolves when all connections are closed.
   *
   * @param noticeMs how long the server keeps accepting connections, so that load balancers can see that it
   *   is not ready.
   */
  start(noticeMs: number): Promise<void>;
}

/**
 * Closing the listening socket resets the connections that wait to be accepted. So answers are held back
 * until no more connections arrive: a client that waits for an answer opens no other connection. Then the
 * socket is closed, and the answers are sent.
 *
 * @param endStalled ends the bodies of requests that have stalled. They are answered, and do not hold up the end.
 */
export function createDrain(server: Server, arrivals: Arrivals, endStalled: () => void): Drain {
  let isDraining = false;
  let held: Promise<void> | undefined;

  async function untilQuiet(): Promise<void> {
    const end = performance.now() + HOLD_LIMIT_MS;
    let quietSince = performance.now();
    while (performance.now() < Math.min(end, quietSince + QUIET_MS)) {
      const before = arrivals.count();
      await sleep(POLL_MS);
      if (arrivals.count() !== before) quietSince = performance.now();
    }
    // When this returns, the last turn of the loop has brought no connection.
    await arrivals.settle();
  }

  async function closeListener(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    held = promise;
    await untilQuiet();
    // The HTTP server's own close() would drop connections whose request is not parsed yet.
    NetServer.prototype.close.call(server);
    held = undefined;
    resolve();
  }

  return {
    isDraining: () => isDraining,
    mayAnswer: async () => held,
    async start(noticeMs) {
      isDraining = true;
      await sleep(noticeMs);
      const limit = setTimeout(() => server.closeAllConnections(), FINISH_LIMIT_MS);
      const closed = once(server, 'close');
      await closeListener();
      await sleep(IDLE_GRACE_MS);
      const sweep = setInterval(() => {
        endStalled();
        server.closeIdleConnections();
      }, SWEEP_MS);
      await closed;
      clearInterval(sweep);
      clearTimeout(limit);
    },
  };
}
