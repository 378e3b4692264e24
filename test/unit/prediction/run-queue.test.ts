import { describe, expect, test } from 'vitest';
import { createRunQueue, type RunModel } from '../../../lambda/prediction/run-queue.ts';

/** A model whose runs end when the test ends them. Its result for an item is the item in capitals. */
function heldModel() {
  const runs: { readonly items: readonly string[]; readonly end: (error?: Error) => void }[] = [];
  const model: RunModel<string, string> = (items) =>
    new Promise((resolve, reject) => {
      const rows = items.map((item) => item.toUpperCase());
      const end = (error?: Error) => (error ? reject(error) : resolve({ rows, tensorMs: 1, inferenceMs: 2 }));
      runs.push({ items, end });
    });
  return { runs, model };
}

/** A queue in front of one held model. */
function heldQueue(maxItems: number) {
  const { runs, model } = heldModel();
  const queue = createRunQueue<string, string>(maxItems);
  return { runs, queue: (items: readonly string[], signal: AbortSignal) => queue(model, items, signal) };
}

const going = new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the queue in front of the model', () => {
  test('starts a run immediately if none is in progress', async () => {
    const { runs, queue } = heldQueue(4);
    const answer = queue(['a'], going);
    expect(runs).toHaveLength(1);
    runs[0]?.end();
    expect(await answer).toEqual({ rows: ['A'], tensorMs: 1, inferenceMs: 2 });
  });

  test('lets waiting requests share the next run, in order and up to the limit', async () => {
    const { runs, queue } = heldQueue(3);
    const answers = ['a', 'b', 'c', 'd', 'e'].map((item) => queue([item], going));
    expect(runs.map(({ items }) => items)).toEqual([['a']]);
    runs[0]?.end();
    await settled();
    runs[1]?.end();
    await settled();
    runs[2]?.end();
    expect((await Promise.all(answers)).map(({ rows }) => rows)).toEqual([['A'], ['B'], ['C'], ['D'], ['E']]);
    expect(runs.map(({ items }) => items)).toEqual([['a'], ['b', 'c', 'd'], ['e']]);
  });

  test('splits a batch over the limit, and runs other requests between its parts', async () => {
    const { runs, queue } = heldQueue(2);
    const answers = [queue(['a'], going), queue(['b', 'c', 'd', 'e', 'f'], going), queue(['g'], going)];
    for (let index = 0; index < 5; index += 1) {
      runs[index]?.end();
      await settled();
    }
    expect((await Promise.all(answers)).map(({ rows }) => rows.length)).toEqual([1, 5, 1]);
    expect((await answers[1])?.rows).toEqual(['B', 'C', 'D', 'E', 'F']);
    expect(runs.map(({ items }) => items)).toEqual([['a'], ['b', 'c'], ['g', 'd'], ['e', 'f']]);
  });

  test('drops requests that abort before their run, and the rest of a batch', async () => {
    const { runs, queue } = heldQueue(2);
    const leaving = new AbortController();
    const answers = [queue(['a'], going), queue(['b', 'c', 'd'], leaving.signal), queue(['e'], going)];
    runs[0]?.end();
    await settled();
    leaving.abort(new Error('the client has gone'));
    runs[1]?.end();
    await expect(answers[1]).rejects.toThrow('the client has gone');
    runs[2]?.end();
    await Promise.all([answers[0], answers[2]]);
    expect(runs.map(({ items }) => items)).toEqual([['a'], ['b', 'c'], ['e']]);
  });

  test('rejects the requests of a failed run, and no others', async () => {
    const { runs, queue } = heldQueue(4);
    const [failed, shared, alsoShared] = [queue(['a'], going), queue(['b'], going), queue(['c'], going)];
    runs[0]?.end(new Error('no memory'));
    await expect(failed).rejects.toThrow('no memory');
    await settled();
    runs[1]?.end();
    expect((await shared).rows).toEqual(['B']);
    expect((await alsoShared).rows).toEqual(['C']);
  });

  test('runs each model by itself, the one of the longest waiting request first', async () => {
    const [cats, dogs] = [heldModel(), heldModel()];
    const queue = createRunQueue<string, string>(2);
    const order: string[] = [];
    const ask = async (model: RunModel<string, string>, item: string) => {
      const { rows } = await queue(model, [item], going);
      order.push(...rows);
    };
    const answers = [
      ask(cats.model, 'a'),
      ask(dogs.model, 'b'),
      ask(cats.model, 'c'),
      ask(dogs.model, 'd'),
      ask(dogs.model, 'e'),
      ask(cats.model, 'f'),
    ];
    for (const [model, run] of [
      [cats, 0],
      [dogs, 0],
      [cats, 1],
      [dogs, 1],
    ] as const) {
      expect(model.runs).toHaveLength(run + 1);
      model.runs[run]?.end();
      await settled();
    }
    await Promise.all(answers);
    expect(cats.runs.map(({ items }) => items)).toEqual([['a'], ['c', 'f']]);
    expect(dogs.runs.map(({ items }) => items)).toEqual([['b', 'd'], ['e']]);
    expect(order).toEqual(['A', 'B', 'D', 'C', 'F', 'E']);
  });
});
