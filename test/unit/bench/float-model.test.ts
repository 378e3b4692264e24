import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { floatManifest } from '../../../bench/lib/python/float-model.ts';
import { manifestSchema } from '../../../lambda/model/manifest.ts';
import { MODEL_BUNDLE } from '../../../scripts/lib/paths.ts';

test('the float32 bundle takes normalised pixels, however the int8 model is stored', async () => {
  const int8 = JSON.parse(await readFile(`${MODEL_BUNDLE}/manifest.json`, 'utf8'));
  const stored = {
    ...int8,
    input: { name: 'pixels', dtype: 'uint8' },
    weights: { file: 'weights.bin' },
    optimised: { from: 'resnet50-int8.onnx' },
  };
  const manifest = manifestSchema.parse(floatManifest(stored, 'a'.repeat(64)));
  expect(manifest).toMatchObject({
    file: 'resnet50-fp32.onnx',
    precision: 'fp32',
    input: { dtype: 'float32', shape: [null, 3, 224, 224] },
    output: int8.output,
  });
});
