import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { createBudgets } from '../../../lambda/budget/budgets.ts';
import { readConfig } from '../../../lambda/config.ts';
import { createActivationMapper } from '../../../lambda/model/activation-maps.ts';
import { createClassifier } from '../../../lambda/model/classifier.ts';
import { createSession } from '../../../lambda/model/session.ts';
import {
  type Classified,
  createPredictionQueue,
  createPredictor,
  type Predictor,
} from '../../../lambda/prediction/predictor.ts';
import { MAPPED_MODELS, mappedManifest } from '../../support/mapped-bundle.ts';
import { fakeClassifier, labels } from '../../support/model.ts';

const going = new AbortController().signal;
const config = readConfig({ MODELS: 'resnet50' });
const predictorOf = (classifier: Parameters<typeof createPredictor>[0]) =>
  createPredictor(classifier, config, createBudgets(config.budgets), createPredictionQueue());

let predictor: Predictor;
beforeAll(async () => {
  // Black pixels are zeros in the tensor, and give zeros in the maps.
  const mapped = mappedManifest('float32');
  const manifest = {
    ...mapped,
    preprocessing: { ...mapped.preprocessing, mean: [0, 0, 0], std: [1, 1, 1] },
  } satisfies typeof mapped;
  const graphPath = `${MAPPED_MODELS}/${manifest.file}`;
  predictor = predictorOf(
    createClassifier({ manifest, labels }, await createSession({ manifest, graphPath }, { threads: 1 }), {
      threads: 1,
      activationMapper: createActivationMapper(MAPPED_MODELS, manifest.activationMaps),
    }),
  );
});

const PHOTO = { width: 200, height: 160 };

/** A black photo with a white patch, in the pixels of the file. */
async function photo(left: number, top: number, orientation = 1) {
  const patch = { create: { width: 20, height: 20, channels: 3 as const, background: 'white' } };
  const bytes = await sharp({ create: { ...PHOTO, channels: 3, background: 'black' } })
    .composite([{ input: patch, left, top }])
    .withMetadata({ orientation })
    .png()
    .toBuffer();
  return { bytes };
}

async function explained(image: { readonly bytes: Uint8Array }, explain = 1): Promise<Classified> {
  const { results } = await predictor.classify([image], { topK: 3, explain }, going);
  const [result] = results;
  if (result && 'predictions' in result) return result;
  throw new Error('Expected a classified image', { cause: result?.error });
}

/** The middle of the cell that differs most from zero, in pixels of the upright photo. */
function seenAt({ explanation }: Classified): { readonly x: number; readonly y: number } {
  const { region, maps } = explanation ?? expect.unreachable('no explanation');
  const values = maps[0]?.values ?? [];
  const cells = values.flatMap((row, y) => [...row].map((value, x) => ({ x, y, size: Math.abs(value) })));
  const [strongest = expect.unreachable('no cells')] = cells.sort((a, b) => b.size - a.size);
  expect(strongest.size).toBeGreaterThan(0);
  return {
    x: region.left + ((strongest.x + 0.5) * region.width) / 4,
    y: region.top + ((strongest.y + 0.5) * region.height) / 2,
  };
}

describe('an explanation', () => {
  // The model sees the middle 160 x 160 pixels, in cells of 40 x 80.
  test.each([
    [20, 0],
    [160, 0],
    [20, 140],
    [160, 140],
    [90, 70],
  ])('of a photo with a patch at (%i, %i) is strongest there', async (left, top) => {
    const { x, y } = seenAt(await explained(await photo(left, top)));
    expect(Math.abs(x - (left + 10))).toBeLessThanOrEqual(20 + 10);
    expect(Math.abs(y - (top + 10))).toBeLessThanOrEqual(40 + 10);
  });

  test('is in pixels of the upright photo', async () => {
    // Orientation 6: the file is turned by 90 degrees clockwise. Its left edge becomes the top one.
    const classified = await explained(await photo(20, 140, 6));
    expect(classified.image).toMatchObject({ width: 160, height: 200 });
    expect(classified.explanation?.region).toMatchObject({ left: 0, width: 160 });
    const { x, y } = seenAt(classified);
    expect(x).toBeLessThan(40);
    expect(y).toBeLessThan(100);
  });

  test('has as many maps as were asked for, but no more than predictions', async () => {
    const image = await photo(20, 20);
    for (const [explain, maps] of [
      [1, 1],
      [2, 2],
      [10, 3],
    ] as const) {
      const { predictions, explanation } = await explained(image, explain);
      expect(predictions).toHaveLength(3);
      expect(explanation?.maps.map(({ index }) => index)).toEqual(
        predictions.slice(0, maps).map(({ index }) => index),
      );
    }
  });

  test('is missing if it was not asked for', async () => {
    expect((await explained(await photo(20, 20), 0)).explanation).toBeUndefined();
  });

  test('in a batch belongs to its image, beside images that failed', async () => {
    const images = [await photo(20, 0), { bytes: new Uint8Array(10) }, await photo(160, 140)];
    const { results } = await predictor.classify(images, { topK: 1, explain: 1 }, going);
    const [first, broken, last] = results;
    expect(broken).toHaveProperty('error');
    expect(seenAt(first as Classified).x).toBeLessThan(100);
    expect(seenAt(last as Classified).x).toBeGreaterThan(100);
  });
});

test('a model without maps or an embedding refuses before it looks at the image', async () => {
  const plain = predictorOf(fakeClassifier());
  const images = [{ bytes: new Uint8Array(10) }];
  const refusal = expect.objectContaining({ code: 'unsupported_by_model' });
  await expect(plain.classify(images, { topK: 1, explain: 1 }, going)).rejects.toEqual(refusal);
  await expect(plain.scoreImages(images, going, { extras: ['embedding'] })).rejects.toEqual(refusal);
  await expect(plain.scoreTensors([], going, ['embedding'])).rejects.toEqual(refusal);
});
