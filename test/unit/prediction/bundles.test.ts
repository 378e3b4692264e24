import { expect, test } from 'vitest';
import { readConfig } from '../../../lambda/config.ts';
import { loadPredictor } from '../../../scripts/lib/model/predictor.ts';
import { readRepositoryFile } from '../../support/model.ts';

test.each(['resnet50', 'efficientnet-lite2'])('%s sees an Egyptian cat', async (name) => {
  const { classifier, predict } = await loadPredictor(readConfig({ MODELS: name }));
  const top = async (photo: string) => (await predict(readRepositoryFile(`examples/${photo}`), 1))[0]?.label;
  expect(classifier.manifest.name).toBe(name);
  expect(await top('cat.jpg')).toBe('Egyptian cat');
  expect(await top('cat.png')).toBe('Egyptian cat');
});
