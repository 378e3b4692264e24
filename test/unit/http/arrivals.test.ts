import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createArrivals } from '../../../lambda/http/server/arrivals.ts';

const server = new EventEmitter();
let isFlood = true;
let turns = 0;

/** In each turn of the event loop: one connection, and a millisecond of work. */
function flood(): void {
  turns += 1;
  server.emit('connection');
  const end = performance.now() + 1;
  while (performance.now() < end);
  if (isFlood) setImmediate(flood);
}

afterEach(() => {
  isFlood = false;
});

test('a flood of connections delays the caller no longer than allowed', async () => {
  const arrivals = createArrivals();
  arrivals.watch(server as unknown as Server);
  flood();
  await arrivals.settle(50);
  expect(arrivals.count()).toBe(turns);
  expect(turns).toBeGreaterThan(1);
  expect(turns).toBeLessThan(1000);
});
