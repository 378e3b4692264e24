import { describe, expect, test } from 'vitest';
import { createActivationMapper } from '../../../lambda/model/activation-maps.ts';
import { createClassifier } from '../../../lambda/model/classifier.ts';
import { createSession } from '../../../lambda/model/session.ts';
import { createExplainer } from '../../../lambda/prediction/explainer.ts';
import { MAPPED_MODELS, mappedManifest, randomImages } from '../../support/mapped-bundle.ts';
import { fakeClassifier, labels } from '../../support/model.ts';

async function mappedClassifier() {
  const manifest = mappedManifest('float32');
  const session = await createSession(
    { manifest, graphPath: `${MAPPED_MODELS}/${manifest.file}` },
    { threads: 1 },
  );
  return createClassifier({ manifest, labels }, session, {
    threads: 1,
    activationMapper: createActivationMapper(MAPPED_MODELS, manifest.activationMaps),
  });
}

describe('createExplainer', () => {
  test('maps each prediction, in their order', async () => {
    const classifier = await mappedClassifier();
    const [blank] = await classifier.run(randomImages(1).fill(0), 1);
    const [output] = await classifier.run(randomImages(1), 1, ['features']);
    const { scores, features = expect.unreachable('no features') } =
      output ?? expect.unreachable('no output');
    const predictions = classifier.name(scores, 3);
    const { maps } = await createExplainer(classifier)(features, predictions, { width: 640, height: 480 });

    expect(maps.map(({ rank, index }) => ({ rank, index }))).toEqual(
      predictions.map(({ rank, index }) => ({ rank, index })),
    );
    for (const { index, values, minimum, maximum } of maps) {
      expect(values.map(({ length }) => length)).toEqual([4, 4]);
      const all = values.flatMap((row) => [...row]);
      expect([minimum, maximum]).toEqual([Math.min(...all), Math.max(...all)]);
      const bias = blank?.scores[index] ?? Number.NaN;
      expect(all.reduce((sum, value) => sum + value, 0) / all.length + bias).toBeCloseTo(
        scores[index] ?? 0,
        5,
      );
    }
  });

  test('has rows from the top, each with its values from the left', async () => {
    const classifier = await mappedClassifier();
    const explain = createExplainer({
      ...classifier,
      activationMapper: async () => [Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
    });
    const { maps } = await explain(new Float32Array(32), classifier.name(new Float32Array(10), 1), {
      width: 8,
      height: 8,
    });
    expect(maps).toEqual([
      {
        rank: 1,
        index: 0,
        values: [Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8)],
        minimum: 1,
        maximum: 8,
      },
    ]);
  });

  test('covers what the model sees of the upright picture', async () => {
    const classifier = await mappedClassifier();
    const predictions = classifier.name(new Float32Array(10), 1);
    const { region } = await createExplainer(classifier)(new Float32Array(32), predictions, {
      width: 480,
      height: 640,
    });
    // The sides become 8 and 10 pixels, and the crop is the middle 8 x 8 of them.
    expect(region).toEqual({ left: 0, top: 64, width: 480, height: 512 });
  });

  test('asking a model without maps is a programming error', async () => {
    const classifier = fakeClassifier();
    await expect(
      createExplainer(classifier)(new Float32Array(32), [], { width: 8, height: 8 }),
    ).rejects.toThrow(new TypeError('Expected a model with activation maps, got fake.'));
  });
});
