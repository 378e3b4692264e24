import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';

/** From the moment the server stops to accept: what is not answered by then is dropped. */
const FINISH_LIMIT_MS = 8000;
/** No new connection for so long means that nobody waits to be accepted. */
const QUIET_MS = 150;
/** Answers wait for that at most. */
const HOLD_LIMIT_MS = 4000;
const POLL_MS = 5;
const QUIET_TURNS = 20;
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
 * Closing the listening socket resets the connections that wait to be accepted, and libuv accepts one connection a turn
 * of the event loop, which the model holds for as long as a run takes. So answers are held back until no connection
 * comes any more: a client that waits for an answer opens no other connection. Then the door is closed, and the answers
 * go out.
 */
export function createDrain(server: Server): Drain {
  let isDraining = false;
  let held: Promise<void> | undefined;
  let lastArrival = 0;
  let arrivals = 0;
  server.on('connection', () => {
    arrivals += 1;
    lastArrival = performance.now();
  });

  async function untilQuiet(): Promise<void> {
    const end = performance.now() + HOLD_LIMIT_MS;
    lastArrival = performance.now();
    while (performance.now() < Math.min(end, lastArrival + QUIET_MS)) await sleep(POLL_MS);
    // Whole turns of the loop without a connection: the queue was empty when the loop last looked.
    for (let turns = 0; turns < QUIET_TURNS && performance.now() < end; turns += 1) {
      const before = arrivals;
      await immediate();
      if (arrivals !== before) turns = -1;
    }
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
      const closed = once(server, 'close');
      await closeDoor();
      const limit = setTimeout(() => server.closeAllConnections(), FINISH_LIMIT_MS - HOLD_LIMIT_MS);
      await sleep(IDLE_GRACE_MS);
      const sweep = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
      await closed;
      clearInterval(sweep);
      clearTimeout(limit);
    },
  };
}
