import type { Server } from 'node:http';
import { setImmediate as immediate } from 'node:timers/promises';

/** More than wait at a time on any listening socket: the queue's length on Linux. */
const MAX_TURNS = 4096;

/** New connections, as the event loop brings them. */
export interface Arrivals {
  watch(server: Server): void;
  readonly count: () => number;
  /**
   * Turns the event loop until a turn brings no connection, which takes microseconds a turn. libuv accepts one a turn,
   * so that connections would wait for as many runs of the model as there are connections before them.
   *
   * @param maxMs gives up then: under a flood of connections every turn brings one. @default no limit
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
