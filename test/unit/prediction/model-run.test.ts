import { expect, test } from 'vitest';
import type { ExtraOutput, ImageOutputs } from '../../../lambda/model/session.ts';
import { createModelRun, type RunItem } from '../../../lambda/prediction/model-run.ts';
import { createRunQueue } from '../../../lambda/prediction/run-queue.ts';
import type { TensorImage } from '../../../lambda/prediction/tensor/tensor.ts';
import { type FakeRun, fakeClassifier, manifest } from '../../support/model.ts';

const PLANE = 224 * 224;
const going = new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** An image of one shade of grey, and the value of its red channel in the tensor. */
const grey = (value: number) => ({ pixels: new Uint8Array(3 * PLANE).fill(value), channels: 3 as const });
const red = (value: number) => (value / 255 - 0.485) / 0.229;
/** The first red value of each image of a run. */
const firstRed = ({ images, count }: FakeRun) =>
  Array.from({ length: count }, (_, index) => images[index * 3 * PLANE] as number);

/** The real queue and the real run, around a session whose runs end when the test ends them. */
function heldRuns() {
  const runs: { readonly run: FakeRun; readonly end: (error?: Error) => void }[] = [];
  const classifier = fakeClassifier(
    (run) =>
      new Promise((resolve, reject) => {
        runs.push({ run, end: (error) => (error ? reject(error) : resolve()) });
      }),
  );
  const queue = createRunQueue<RunItem, ImageOutputs>(4);
  const model = createModelRun(classifier, 4);
  return {
    runs,
    queue: (images: readonly TensorImage[], signal: AbortSignal) =>
      queue(
        model,
        images.map((image) => ({ image, extras: [] })),
        signal,
      ),
  };
}

test('the tensor of a run does not change until the run has ended, even if other requests arrive or abort', async () => {
  const { runs, queue } = heldRuns();
  const leaving = new AbortController();
  const first = queue([grey(10)], going);
  const left = queue([grey(20)], leaving.signal);
  const second = queue([grey(30), grey(40)], going);
  leaving.abort(new Error('gone'));
  await settled();
  expect(runs).toHaveLength(1);
  expect(firstRed(runs[0]?.run as FakeRun)).toEqual([expect.closeTo(red(10))]);

  runs[0]?.end();
  await first;
  await expect(left).rejects.toThrow('gone');
  await settled();
  expect(firstRed(runs[1]?.run as FakeRun)).toEqual([expect.closeTo(red(30)), expect.closeTo(red(40))]);
  runs[1]?.end();
  await second;
});

test('the run after a failed one has its own images', async () => {
  const { runs, queue } = heldRuns();
  const failing = queue([grey(10), grey(20)], going);
  const next = queue([grey(30)], going);
  await settled();
  runs[0]?.end(new Error('no memory'));
  await expect(failing).rejects.toThrow('no memory');
  await settled();
  const { run, end } = runs[1] ?? expect.unreachable('no second run');
  expect(run.images).toHaveLength(3 * PLANE);
  expect(firstRed(run)).toEqual([expect.closeTo(red(30))]);
  end();
  expect((await next).rows).toHaveLength(1);
});

test('a run returns what is wanted of any image, and gives each image only what is wanted of it', async () => {
  const asked: (readonly ExtraOutput[])[] = [];
  const outputs = {
    scores: new Float32Array(1000),
    embedding: new Float32Array(8),
    features: new Uint8Array(8),
  };
  const run = createModelRun(
    {
      manifest,
      async run(_images, count, extras = []) {
        asked.push(extras);
        return Array.from({ length: count }, () => outputs);
      },
    },
    4,
  );
  const { rows } = await run([
    { image: grey(10), extras: [] },
    { image: grey(20), extras: ['features'] },
    { image: grey(30), extras: ['embedding'] },
  ]);
  expect(asked).toEqual([['features', 'embedding']]);
  expect(rows.map(({ embedding, features }) => [embedding?.length, features?.length])).toEqual([
    [undefined, undefined],
    [undefined, 8],
    [8, undefined],
  ]);
});
