import { describe, expect, test } from 'vitest';
import type { ModelBundle } from '../../../lambda/model/bundle.ts';
import { createClassifier } from '../../../lambda/model/classifier.ts';
import type { Manifest, ModelInput } from '../../../lambda/model/manifest.ts';
import { createSession } from '../../../lambda/model/session.ts';
import { labels, manifest, repositoryPath } from '../../support/model.ts';

const imageInput = (batch: number | null, name = 'image'): ModelInput => ({
  name,
  dtype: 'float32',
  layout: 'NCHW',
  shape: [batch, 3, 8, 8],
});
const tiny = (file: string, batch: number | null, output: 'logits' | 'probabilities'): ModelBundle => ({
  manifest: {
    ...manifest,
    input: imageInput(batch),
    output: { name: output, dtype: 'float32', shape: [batch, 1000], kind: output },
  },
  labels,
  graphPath: repositoryPath(`test/fixtures/models/tiny/${file}`),
});
const fixedBatch = tiny('tiny.onnx', 1, 'logits');
const freeBatch = tiny('tiny-free-batch.onnx', null, 'probabilities');

/** A batch of images that all differ. */
const images = (count: number) =>
  Float32Array.from({ length: count * 192 }, (_, index) => Math.sin(index) + index / 100);

describe('createSession', () => {
  test.each([
    ['any number of images', freeBatch],
    ['one image at a time', fixedBatch],
  ])('a model that takes %s gives each image the same scores in a batch as alone', async (_name, bundle) => {
    const session = await createSession(bundle, { threads: 1 });
    const batch = images(5);
    const together = await session.run(batch, 5);
    expect(together).toHaveLength(5);
    for (let index = 0; index < 5; index += 1) {
      const [alone] = await session.run(batch.slice(index * 192, (index + 1) * 192), 1);
      const difference = alone?.scores.map((value, at) =>
        Math.abs(value - (together[index]?.scores[at] ?? Number.NaN)),
      );
      expect(Math.max(...(difference ?? []))).toBeLessThan(1e-5);
    }
    expect(together[0]).not.toEqual(together[4]);
  });

  test('the wrong number of values is a programming error', async () => {
    const session = await createSession(freeBatch, { threads: 1 });
    await expect(session.run(new Float32Array(100), 1)).rejects.toThrow(
      'Expected 1 images of 192 values in a Float32Array, got 100 values in a Float32Array',
    );
  });

  test('so are values of the wrong type', async () => {
    const session = await createSession(freeBatch, { threads: 1 });
    await expect(session.run(new Uint8Array(192), 1)).rejects.toThrow(
      'Expected 1 images of 192 values in a Float32Array, got 192 values in a Uint8Array',
    );
  });

  const changed = (change: Partial<Manifest>): ModelBundle => ({
    ...fixedBatch,
    manifest: { ...fixedBatch.manifest, ...change },
  });
  test.each([
    [
      'its input’s name',
      changed({ input: imageInput(1, 'data') }),
      /input\.name: .*no input data, it has image/,
    ],
    [
      'its output’s name',
      changed({ output: { ...fixedBatch.manifest.output, name: 'out' } }),
      /output\.name: .*it has logits/,
    ],
    [
      'its input’s type',
      changed({
        input: {
          ...{ name: 'image', dtype: 'uint8', layout: 'NHWC', blockSize: 2 },
          ...{ shape: [1, 4, 4, 12], scale: 1, zeroPoint: 0 },
        },
      }),
      /input\.dtype: expected the model's float32, got uint8/,
    ],
    [
      'its input’s shape',
      changed({ input: imageInput(null) }),
      /input\.shape: expected the model's \[1,3,8,8\], got \[null,3,8,8\]/,
    ],
    [
      'its output’s width',
      changed({ output: { ...fixedBatch.manifest.output, shape: [1, 10] } }),
      /output\.shape: expected the model's \[1,1000\]/,
    ],
    [
      'its model file',
      { ...fixedBatch, graphPath: repositoryPath('README.md') },
      /fake\.onnx: ONNX Runtime cannot load it/,
    ],
  ])('refuses a bundle that is wrong about %s', async (_name, bundle, message) => {
    await expect(createSession(bundle, { threads: 1 })).rejects.toThrow(message);
  });
});

describe('createClassifier', () => {
  test('names classes with their probabilities, for a model with logits and one with probabilities', async () => {
    for (const bundle of [fixedBatch, freeBatch]) {
      const classifier = createClassifier(bundle, await createSession(bundle, { threads: 1 }), {
        threads: 1,
      });
      const [outputs] = await classifier.run(images(1), 1);
      const all = classifier.name(outputs?.scores ?? expect.unreachable('no scores'), 1000);
      expect(all.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
      expect(all.map(({ rank }) => rank)).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
      const [first] = all;
      expect(first).toMatchObject(labels[first?.index ?? -1] ?? {});
    }
  });
});
