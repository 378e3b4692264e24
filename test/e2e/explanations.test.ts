import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { createBudgets } from '../../lambda/budget/budgets.ts';
import { readConfig } from '../../lambda/config.ts';
import { loadClassifier } from '../../lambda/model/classifier.ts';
import { createPredictionQueue, createPredictor, type Predictor } from '../../lambda/prediction/predictor.ts';
import { repositoryPath } from '../support/model.ts';
import { strongestPlace } from '../support/strongest-place.ts';

const SIDE = 800;
/** Of the cat, which is square. */
const CAT_SIDE = SIDE / 2;
const FAR = SIDE - CAT_SIDE;
const EGYPTIAN_CAT = 285;

/** A grey picture with a cat. */
async function pictureWithCat(left: number, top: number): Promise<Buffer> {
  const cat = await sharp(repositoryPath('examples/cat.jpg')).resize(CAT_SIDE, CAT_SIDE).toBuffer();
  const grey = { width: SIDE, height: SIDE, channels: 3 as const, background: { r: 124, g: 116, b: 104 } };
  return sharp({ create: grey })
    .composite([{ input: cat, left, top }])
    .png()
    .toBuffer();
}

describe.each(['resnet50', 'efficientnet-lite2'])('%s', (name) => {
  let predictor: Predictor;
  beforeAll(async () => {
    const config = readConfig({ MODELS: name });
    const classifier = await loadClassifier(repositoryPath(`models/${name}`), { threads: 2 });
    predictor = createPredictor(classifier, config, createBudgets(config.budgets), createPredictionQueue());
  });

  test.each([
    [0, 0],
    [FAR, 0],
    [0, FAR],
    [FAR, FAR],
    [FAR / 2, FAR / 2],
  ])('sees a cat at (%i, %i) there', async (left, top) => {
    const images = [{ bytes: await pictureWithCat(left, top) }];
    const signal = new AbortController().signal;
    const { results } = await predictor.classify(images, { topK: 1, explain: 1 }, signal);
    const [result] = results;
    if (!result || 'error' in result) throw new Error('Expected a prediction', { cause: result?.error });
    expect(result.predictions[0]?.index).toBe(EGYPTIAN_CAT);
    const { x, y } = strongestPlace(result.explanation);
    expect(Math.abs(x - (left + CAT_SIDE / 2))).toBeLessThan(CAT_SIDE / 2);
    expect(Math.abs(y - (top + CAT_SIDE / 2))).toBeLessThan(CAT_SIDE / 2);
  });
});
