import { describe, expect, test, vi } from 'vitest';
import { createBudgets } from '../../../lambda/budget/budgets.ts';
import { readConfig } from '../../../lambda/config.ts';
import { BundleError, NoBundleError } from '../../../lambda/model/bundle.ts';
import type { Classifier } from '../../../lambda/model/classifier.ts';
import type { ModelIdentity } from '../../../lambda/model/manifest.ts';
import type { ModelSource } from '../../../lambda/model/source.ts';
import { createModels } from '../../../lambda/prediction/models.ts';
import { createPredictionQueue } from '../../../lambda/prediction/predictor.ts';
import { fakeClassifier } from '../../support/model.ts';

const RESNET = { name: 'resnet50', version: '1.0.0' };
const NEXT_RESNET = { name: 'resnet50', version: '2.0.0' };
const LITE = { name: 'lite', version: '1.0.0' };

const source = (
  identity: ModelIdentity,
  load: () => Promise<Classifier> = async () => fakeClassifier(undefined, identity),
): ModelSource => ({ folder: identity.name, identify: async () => identity, load });

const unreadable: ModelSource = {
  folder: 'broken',
  identify: () => Promise.reject(new BundleError('a wrong field')),
  load: () => Promise.reject(new BundleError('a wrong field')),
};
const missing: ModelSource = {
  folder: 'missing',
  identify: () => Promise.reject(new NoBundleError('no manifest')),
  load: () => Promise.reject(new NoBundleError('no manifest')),
};

function modelsOf(...sources: readonly [ModelSource, ...ModelSource[]]) {
  const config = readConfig({ MAX_IN_FLIGHT: '2' });
  return createModels(sources, {
    config,
    budgets: createBudgets(config.budgets),
    queue: createPredictionQueue(),
  });
}

describe('the models of the service', () => {
  test.each([
    [undefined, RESNET],
    ['resnet50', RESNET],
    ['resnet50@1.0.0', RESNET],
    ['resnet50@2.0.0', NEXT_RESNET],
    ['lite', LITE],
    ['lite@1.0.0', LITE],
  ])('are found by %s', async (choice, identity) => {
    const models = modelsOf(source(RESNET), source(NEXT_RESNET), source(LITE));
    expect(await (await models.find(choice)).identify()).toEqual(identity);
  });

  test('of two versions, a name alone finds the one that comes first', async () => {
    const models = modelsOf(source(LITE), source(NEXT_RESNET), source(RESNET));
    expect(await (await models.find('resnet50')).identify()).toEqual(NEXT_RESNET);
  });

  test('are found although the manifest of another cannot be read', async () => {
    const models = modelsOf(source(RESNET), unreadable, source(LITE));
    expect(await (await models.find('lite')).identify()).toEqual(LITE);
    expect((await models.identified()).map(({ identity }) => identity)).toEqual([
      RESNET,
      { name: 'broken', version: 'unknown' },
      LITE,
    ]);
  });

  test('one whose manifest cannot be read has failed, under the name of its folder', async () => {
    const broken = await modelsOf(source(RESNET), unreadable).find('broken');
    expect(broken.state()).toBe('failed');
    await expect(broken.whenReady()).rejects.toMatchObject({ code: 'not_ready' });
  });

  test('a folder without a bundle is refused at the start', async () => {
    await expect(modelsOf(source(RESNET), missing).requireDistinct()).rejects.toThrow('no manifest');
  });

  test('the manifest of a model is read once, also if that fails', async () => {
    const identify = vi.fn(unreadable.identify);
    const models = modelsOf(source(RESNET), { ...unreadable, identify });
    await models.identified();
    await models.identified();
    expect(identify).toHaveBeenCalledTimes(1);
  });

  test.each(['resnet50@3.0.0', 'RESNET50', 'resnet', 'resnet50@', '@1.0.0', ''])(
    'an unknown one, %j, is refused with those that there are',
    async (choice) => {
      const models = modelsOf(source(RESNET), source(LITE));
      await expect(models.find(choice)).rejects.toMatchObject({
        code: 'model_not_found',
        detail: `Expected one of the models resnet50@1.0.0, lite@1.0.0, got ${JSON.stringify(choice)}.`,
      });
    },
  );

  test('must differ in their name or version', async () => {
    await modelsOf(source(RESNET), source(NEXT_RESNET), unreadable).requireDistinct();
    await expect(modelsOf(source(RESNET), source(LITE), source(RESNET)).requireDistinct()).rejects.toThrow(
      new BundleError('MODELS: expected each name and version of a model once, got resnet50@1.0.0 twice'),
    );
  });

  test('wait while they load, up to as many requests as may be in flight', async () => {
    const { promise, resolve } = Promise.withResolvers<Classifier>();
    const models = modelsOf(
      source(RESNET),
      source(LITE, () => promise),
    );
    const lite = await models.find('lite');
    const waiting = [lite.whenReady(), lite.whenReady()];
    await expect(lite.whenReady()).rejects.toMatchObject({
      code: 'not_ready',
      detail: 'The model is still loading.',
      retryAfterSeconds: 1,
    });
    resolve(fakeClassifier(undefined, LITE));
    for (const { classifier } of await Promise.all(waiting)) {
      expect(classifier.manifest).toMatchObject(LITE);
    }
    expect(lite.state()).toBe('ready');
  });

  test('are loaded once, by whoever needs them first', async () => {
    const load = vi.fn(async () => fakeClassifier(undefined, LITE));
    const models = modelsOf(source(RESNET), source(LITE, load));
    const lite = await models.find('lite');
    expect(load).not.toHaveBeenCalled();
    await Promise.all([lite.whenReady(), lite.load(), lite.whenReady()]);
    expect(load).toHaveBeenCalledTimes(1);
  });
});
