import { Hono } from 'hono';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGate } from '../../../lambda/budget/gate.ts';
import { ServiceError } from '../../../lambda/errors.ts';
import type { AppEnv } from '../../../lambda/http/context.ts';
import { admission } from '../../../lambda/http/middleware/admission.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** How long the next refusals of a service with a queue tell their clients to wait, in seconds. */
async function retryAfter(): Promise<(count: number) => Promise<Set<number | undefined>>> {
  const gate = createGate({ capacity: 32, maxWaiting: 1, maxWaitMs: 60_000, refusal: 'full' });
  await gate.reserve({ amount: 32, isHeavy: false });
  void gate.reserve({ amount: 1, isHeavy: false });
  const told: (number | undefined)[] = [];
  const app = new Hono<AppEnv>().use(admission(gate)).onError((error, c) => {
    told.push(error instanceof ServiceError ? error.retryAfterSeconds : undefined);
    return c.body(null, 503);
  });
  return async (count) => {
    told.length = 0;
    for (let sent = 0; sent < count; sent += 1) await app.request('/predict');
    return new Set(told);
  };
}

test('the more requests were refused in the last second, the longer clients are told to wait', async () => {
  const refuse = await retryAfter();
  expect(await refuse(40)).toEqual(new Set([1]));
  vi.advanceTimersByTime(1000);
  expect(await refuse(1000)).toEqual(new Set([4]));
  vi.advanceTimersByTime(1000);
  expect(await refuse(1)).toEqual(new Set([5]));
  vi.advanceTimersByTime(5000);
  expect(await refuse(1), 'a flood that is over').toEqual(new Set([1]));
});
