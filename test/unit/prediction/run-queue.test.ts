import { describe, expect, test } from 'vitest';
import { createRunQueue, type RunModel } from '../../../lambda/prediction/run-queue.ts';

/** A model whose runs end when the test ends them. It returns the name of each item with its ranks. */
function heldModel() {
  const runs: {
    readonly items: readonly string[];
    readonly topK: number;
    readonly end: (e?: Error) => void;
  }[] = [];
  const run: RunModel<string, string> = (items, topK) =>
    new Promise((resolve, reject) => {
      const rows = items.map((item) => Array.from({ length: topK }, (_, rank) => `${item}${rank + 1}`));
      const end = (error?: Error) => (error ? reject(error) : resolve({ rows, tensorMs: 1, inferenceMs: 2 }));
      runs.push({ items, topK, end });
    });
  return { runs, run };
}

const going = new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the queue in front of the model', () => {
  test('starts a run immediately if none is in progress', async () => {
    const { runs, run } = heldModel();
    const answer = createRunQueue(run, 4)(['a'], 2, going);
    expect(runs).toHaveLength(1);
    runs[0]?.end();
    expect(await answer).toEqual({ rows: [['a1', 'a2']], tensorMs: 1, inferenceMs: 2 });
  });

  test('lets waiting requests share the next run, in order and up to the limit', async () => {
    const { runs, run } = heldModel();
    const queue = createRunQueue(run, 3);
    const answers = ['a', 'b', 'c', 'd', 'e'].map((item) => queue([item], 1, going));
    expect(runs.map(({ items }) => items)).toEqual([['a']]);
    runs[0]?.end();
    await settled();
    runs[1]?.end();
    await settled();
    runs[2]?.end();
    expect((await Promise.all(answers)).map(({ rows }) => rows)).toEqual([
      [['a1']],
      [['b1']],
      [['c1']],
      [['d1']],
      [['e1']],
    ]);
    expect(runs.map(({ items }) => items)).toEqual([['a'], ['b', 'c', 'd'], ['e']]);
  });

  test('gives each request as many classes as it asked for', async () => {
    const { runs, run } = heldModel();
    const queue = createRunQueue(run, 4);
    const [first, few, many] = [queue(['a'], 1, going), queue(['b'], 1, going), queue(['c', 'd'], 3, going)];
    runs[0]?.end();
    await settled();
    runs[1]?.end();
    await first;
    expect((await few).rows).toEqual([['b1']]);
    expect((await many).rows).toEqual([
      ['c1', 'c2', 'c3'],
      ['d1', 'd2', 'd3'],
    ]);
  });

  test('splits a batch over the limit, and runs other requests between its parts', async () => {
    const { runs, run } = heldModel();
    const queue = createRunQueue(run, 2);
    const answers = [
      queue(['a'], 1, going),
      queue(['b', 'c', 'd', 'e', 'f'], 1, going),
      queue(['g'], 1, going),
    ];
    for (let index = 0; index < 5; index += 1) {
      runs[index]?.end();
      await settled();
    }
    expect((await Promise.all(answers)).map(({ rows }) => rows.length)).toEqual([1, 5, 1]);
    expect((await answers[1])?.rows).toEqual([['b1'], ['c1'], ['d1'], ['e1'], ['f1']]);
    expect(runs.map(({ items }) => items)).toEqual([['a'], ['b', 'c'], ['g', 'd'], ['e', 'f']]);
  });

  test('drops requests that abort before their run, and the rest of a batch', async () => {
    const { runs, run } = heldModel();
    const queue = createRunQueue(run, 2);
    const leaving = new AbortController();
    const answers = [
      queue(['a'], 1, going),
      queue(['b', 'c', 'd'], 1, leaving.signal),
      queue(['e'], 1, going),
    ];
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
    const { runs, run } = heldModel();
    const queue = createRunQueue(run, 4);
    const [failed, shared, alsoShared] = [
      queue(['a'], 1, going),
      queue(['b'], 1, going),
      queue(['c'], 1, going),
    ];
    runs[0]?.end(new Error('no memory'));
    await expect(failed).rejects.toThrow('no memory');
    await settled();
    runs[1]?.end();
    expect((await shared).rows).toEqual([['b1']]);
    expect((await alsoShared).rows).toEqual([['c1']]);
  });
});
