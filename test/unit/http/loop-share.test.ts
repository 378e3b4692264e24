import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createLoopShare, inOneStep, type Steps } from '../../../lambda/http/loop-share.ts';

const { signal } = new AbortController();

/** Steps that add the name to the list; each takes longer than the share of a turn. */
function* slow(name: string, list: string[], count = 1): Steps<string> {
  for (let step = 0; step < count; step += 1) {
    for (const end = performance.now() + 1.5; performance.now() < end; );
    list.push(name);
    yield;
  }
  return name;
}

test('starts work at once while the turn has time left', async () => {
  const share = createLoopShare(1000);
  const list: string[] = [];
  const all = ['a', 'b', 'c'].map((name) => share.run(slow(name, list, 2), signal));
  expect(list).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
});

test('does one piece of slow work a turn, in turn', async () => {
  const share = createLoopShare(1);
  const list: string[] = [];
  const all = ['a', 'b'].map((name) => share.run(slow(name, list, 3), signal));
  expect(list).toEqual(['a']);
  const counts: number[] = [];
  for (let turn = 0; turn < 9; turn += 1) {
    await nextTurn();
    counts.push(list.length);
  }
  expect(list).toEqual(['a', 'a', 'b', 'a', 'b', 'b']);
  expect(Math.max(...counts.map((count, index) => count - (counts[index - 1] ?? 1)))).toBe(1);
  expect(await Promise.all(all)).toEqual(['a', 'b']);
});

test('work that begins later does not overtake work that waits', async () => {
  const share = createLoopShare(1);
  const list: string[] = [];
  const first = share.run(slow('a', list), signal);
  const second = share.run(slow('b', list), signal);
  const third = share.run(
    inOneStep(() => list.push('c')),
    signal,
  );
  await Promise.all([first, second, third]);
  expect(list).toEqual(['a', 'b', 'c']);
});

test('passes on errors, and goes on with the next work', async () => {
  const share = createLoopShare(1000);
  const failing = inOneStep(() => {
    throw new Error('failed');
  });
  await expect(share.run(failing, signal)).rejects.toThrow('failed');
  expect(
    await share.run(
      inOneStep(() => 1),
      signal,
    ),
  ).toBe(1);
});

test('does not start or continue work for a request that has ended', async () => {
  const share = createLoopShare(1);
  const list: string[] = [];
  const controller = new AbortController();
  const going = share.run(slow('a', list, 9), controller.signal);
  const waiting = share.run(slow('b', list), controller.signal);
  controller.abort(new Error('gone'));
  await expect(going).rejects.toThrow('gone');
  await expect(waiting).rejects.toThrow('gone');
  expect(list).toEqual(['a']);
});
