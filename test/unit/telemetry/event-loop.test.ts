import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { watchEventLoop } from '../../../lambda/telemetry/event-loop.ts';

test('reports when the event loop is blocked for more than 200 ms', async () => {
  const blocks: number[] = [];
  watchEventLoop((ms) => blocks.push(ms));
  await sleep(100);
  const seen = blocks.length;
  const end = performance.now() + 400;
  while (performance.now() < end);
  await sleep(100);
  expect(blocks.length).toBeGreaterThan(seen);
  expect(Math.max(...blocks)).toBeGreaterThan(200);
});
