import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arrivals } from './arrivals.ts';

/** From the end of the notice: what is not answered by then is dropped. Docker waits 10 s before it kills. */
const FINISH_LIMIT_MS = 8500;
/** No new connection for so long means that nobody waits to be accepted. */
const QUIET_MS = 150;
/** Answers wait for that at most. */
const HOLD_LIMIT_MS = 4000;
const POLL_MS = 5;
/** How long connections that are open may take to show their request. */
const IDLE_GRACE_MS = 300;
const IDLE_CHECK_MS = 50;

/** The way of a server from serving to closed. */
export interface Drain {
  readonly isDraining: () => boolean;
  /** Resolves when an answer may be sent: at once, but for the moment when the server closes its door. */
  mayAnswer(): Promise<void>;
  /**
   * Ends the server without losing a request that a client has got through. Resolves when all connections are closed.
   *
   * @param noticeMs how long the server goes on as before, so that load balancers see that it is not ready any more.
   */
  start(noticeMs: number): Promise<void>;
}

/**
 * Closing the listening socket resets the connections that wait to be accepted. So answers are held back until no
 * connection comes any more: a client that waits for an answer opens no other connection. Then the door is closed, and
 * the answers go out.
 */
export function createDrain(server: Server, arrivals: Arrivals): Drain {
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
    // The last turn of the loop brought nothing: the queue was empty a moment ago.
    await arrivals.settle();
  }

  async function closeDoor(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    held = promise;
    await untilQuiet();
    // The HTTP server's own close() would drop connections whose request has not been parsed yet.
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
      await closeDoor();
      await sleep(IDLE_GRACE_MS);
      const sweep = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
      await closed;
      clearInterval(sweep);
      clearTimeout(limit);
    },
  };
}
