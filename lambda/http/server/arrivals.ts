import type { Server } from 'node:http';
import { setImmediate as immediate } from 'node:timers/promises';

/** More connections than can wait on a listening socket: the maximum on Linux. */
const MAX_TURNS = 4096;

/** Counts new connections. */
export interface Arrivals {
  watch(server: Server): void;
  readonly count: () => number;
  /**
   * Lets the event loop turn until a turn brings no connection. A turn takes microseconds. libuv accepts one
   * connection a turn. Without this, the tenth connection in line would wait for ten runs of the model.
   *
   * @param maxMs when to give up: in a flood of connections every turn brings one. @default no limit
   */
  settle(maxMs?: number): Promise<void>;
}

export function createArrivals(): Arrivals {
  let count = 0;
  return {
    watch(server) {
      server.on('connection', () => {
        count += 1;
      });
    },
    count: () => count,
    async settle(maxMs = Number.POSITIVE_INFINITY) {
      const end = performance.now() + maxMs;
      for (let turns = 0; turns < MAX_TURNS && performance.now() < end; turns += 1) {
        const before = count;
        await immediate();
        if (count === before) return;
      }
    },
  };
}
