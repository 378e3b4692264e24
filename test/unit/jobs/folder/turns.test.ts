import { expect, test } from 'vitest';
import { createTurns } from '../../../../lambda/jobs/folder/turns.ts';

const { signal } = new AbortController();

function fixture() {
  const load = { used: 0, waiting: 0 };
  const turns = createTurns({ used: () => load.used, waiting: () => load.waiting });
  let got = 0;
  return { load, turns, next: () => turns.next(signal).then(() => (got += 1)), got: () => got };
}

test('an idle service gives a turn at once', async () => {
  await fixture().next();
});

test.each(['used', 'waiting'] as const)('requests go first (%s)', async (what) => {
  const { load, next, got } = fixture();
  load[what] = 1;
  const turn = next();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(got()).toBe(0);
  load[what] = 0;
  await turn;
});

test('a job goes on at least once a second', async () => {
  const { load, next } = fixture();
  load.used = 1;
  await next();
});

test('the images of jobs are no requests', async () => {
  const { load, turns, next, got } = fixture();
  const { promise, resolve } = Promise.withResolvers<void>();
  const work = turns.classifying(() => promise);
  load.used = 1;
  await next();
  load.waiting = 1;
  const turn = next();
  await new Promise((done) => setTimeout(done, 30));
  expect(got()).toBe(1);
  load.waiting = 0;
  await turn;
  resolve();
  await work;
});

test('a wait for a turn ends with its signal', async () => {
  const { load, turns } = fixture();
  load.used = 1;
  const abort = new AbortController();
  const turn = turns.next(abort.signal);
  const reason = new Error('stop');
  abort.abort(reason);
  await expect(turn).rejects.toBe(reason);
});
