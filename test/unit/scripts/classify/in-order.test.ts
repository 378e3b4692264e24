import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inOrder } from '../../../../scripts/lib/classify/in-order.ts';

const numbers = Array.from({ length: 60 }, (_, index) => index);

function setUp() {
  const controller = new AbortController();
  const seen = { running: 0, most: 0, started: 0 };
  const work = async (number: number) => {
    seen.started += 1;
    seen.running += 1;
    seen.most = Math.max(seen.most, seen.running);
    await delay((number * 7) % 5);
    seen.running -= 1;
    if (number === 40) throw new Error('40 is broken');
    return number * 2;
  };
  return { controller, seen, work, options: { atOnce: 4, waiting: 10, stop: controller.signal } };
}

describe('work in order', () => {
  it('yields the results in the order of the items, and works on a few at a time', async () => {
    const { seen, work, options } = setUp();
    const results: unknown[] = [];
    for await (const done of inOrder(numbers.slice(0, 40), work, options)) results.push(done);
    expect(results).toEqual(numbers.slice(0, 40).map((item) => ({ item, result: item * 2 })));
    expect(seen.most).toBe(4);
  });

  it('does not run ahead of results that nobody has taken', async () => {
    const { seen, work, options } = setUp();
    const results = inOrder(numbers, work, options);
    await results.next();
    await delay(50);
    expect(seen.started).toBeLessThanOrEqual(11);
    await results.return(undefined);
  });

  it('finishes what has started when it is stopped', async () => {
    const { controller, seen, work, options } = setUp();
    const results: number[] = [];
    for await (const { item } of inOrder(numbers, work, options)) {
      results.push(item);
      if (item === 5) controller.abort();
    }
    expect(results).toEqual(numbers.slice(0, seen.started));
    expect(results.length).toBeLessThan(40);
  });

  it('throws an error in its turn, and starts nothing after it', async () => {
    const { seen, work, options } = setUp();
    const results: number[] = [];
    const all = async () => {
      for await (const { item } of inOrder(numbers, work, options)) results.push(item);
    };
    await expect(all()).rejects.toThrow('40 is broken');
    expect(results).toEqual(numbers.slice(0, 40));
    const { started } = seen;
    await delay(50);
    expect(seen.started).toBe(started);
    expect(started).toBeLessThanOrEqual(51);
  });
});
