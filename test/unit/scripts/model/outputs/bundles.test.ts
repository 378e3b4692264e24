import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Manifest, manifestSchema } from '../../../../../lambda/model/manifest.ts';
import { InferenceSession, Tensor } from '../../../../../lambda/model/onnxruntime.ts';
import { toTensor } from '../../../../../lambda/model/session.ts';
import { createImageTensor } from '../../../../../lambda/prediction/tensor/tensor.ts';
import { readGraph } from '../../../../../scripts/lib/model/onnx/graph.ts';
import { valuesOf } from '../../../../../scripts/lib/model/onnx/tensor.ts';
import { operatorsOf } from '../../../../../scripts/lib/model/optimised/operators.ts';
import { optimise } from '../../../../../scripts/lib/model/optimised/optimise.ts';
import { findTail, type Tail } from '../../../../../scripts/lib/model/outputs/tail/tail.ts';
import { readRepositoryFile, repositoryPath } from '../../../../support/model.ts';

const PHOTOS = ['astronaut.jpg', 'cat.jpg', 'espresso.jpg', 'rocket.jpg'];

describe.each([
  ['resnet50', 2048, 7],
  ['efficientnet-lite2', 1280, 9],
])('the bundle %s', { timeout: 60_000 }, (name, channels, side) => {
  const path = (file: string) => repositoryPath(`models/${name}/${file}`);
  const manifest = manifestSchema.parse(
    JSON.parse(Buffer.from(readRepositoryFile(`models/${name}/manifest.json`)).toString()),
  );
  const { embedding, activationMaps, input, output } = manifest;
  if (embedding?.dtype !== 'uint8' || !activationMaps)
    throw new Error('expected both fields in the manifest');
  const features = activationMaps.features.name;

  let folder: string;
  let withOutputs: InferenceSession;
  let without: InferenceSession;
  let images: readonly Tensor[];
  let tail: Tail;
  beforeAll(async () => {
    const options = { graphOptimizationLevel: 'disabled', logSeverityLevel: 3 } as const;
    withOutputs = await InferenceSession.create(path(manifest.file), options);
    folder = await mkdtemp(join(tmpdir(), 'bundle-'));
    await writeFile(join(folder, 'model.onnx'), await optimise(path(manifest.optimised?.from ?? '')));
    await copyFile(path(manifest.weights?.file ?? ''), join(folder, manifest.weights?.file ?? ''));
    without = await InferenceSession.create(join(folder, 'model.onnx'), options);
    images = await Promise.all(PHOTOS.map((photo) => tensorOf(photo, manifest)));
    const found = findTail(readGraph(await readFile(path(manifest.file)), path('')), output.name);
    if ('reason' in found) throw new Error(found.reason);
    tail = found;
  }, 120_000);
  afterAll(async () => {
    await Promise.all([withOutputs.release(), without.release()]);
    await rm(folder, { recursive: true });
  });

  const scoresOf = async (session: InferenceSession, image: Tensor) =>
    (await session.run({ [input.name]: image }, [output.name]))[output.name]?.data;

  test('gives the logits of the graph without more outputs, to the last bit', async () => {
    expect(without.outputNames).toEqual([output.name]);
    for (const image of images) {
      const logits = await scoresOf(without, image);
      expect(await scoresOf(withOutputs, image)).toEqual(logits);
      const all = await withOutputs.run({ [input.name]: image });
      expect(all[output.name]?.data).toEqual(logits);
      expect(all[embedding.name]?.dims).toEqual([1, channels]);
      expect(all[features]?.dims).toEqual([1, side, side, channels]);
    }
  });

  test('makes maps with operators of ONNX itself, which every processor has', () => {
    const operators = operatorsOf(readRepositoryFile(`models/${name}/${activationMaps.file}`));
    expect(new Set(operators)).toEqual(new Set(['Gather', 'DequantizeLinear', 'Reshape', 'Gemm']));
  });

  test.each(['disabled', 'all'] as const)(
    'has maps whose mean plus the bias is the logit, with optimisation "%s"',
    async (graphOptimizationLevel) => {
      const session = await InferenceSession.create(path(activationMaps.file), { graphOptimizationLevel });
      const { weights, bias } = tail;
      const stored = valuesOf(weights.tensor);
      const classes = Array.from({ length: output.shape[1] }, (_, index) => index);
      for (const image of images) {
        const found = await withOutputs.run({ [input.name]: image });
        const logits = found[output.name]?.data as Float32Array;
        const { maps } = await session.run({
          features: found[features] as Tensor,
          classes: new Tensor('int64', BigInt64Array.from(classes, BigInt), [classes.length]),
        });
        expect(maps?.dims).toEqual([classes.length, side, side]);
        const values = maps?.data as Float32Array;
        const means = found[embedding.name]?.data as Uint8Array;
        // Nothing is cut off at the upper end, so each mean is rounded by half a step at most.
        expect(Math.max(...means)).toBeLessThan(255);
        for (const index of classes) {
          let sizes = 0;
          for (let at = index * channels; at < (index + 1) * channels; at += 1)
            sizes += Math.abs(stored?.[at] ?? 0);
          const rounding =
            (embedding.quantization.scale / 2) * sizes * (weights.quantization?.scale[index] ?? 0);
          const map = values.subarray(index * side ** 2, (index + 1) * side ** 2);
          const mean = map.reduce((sum, value) => sum + value, 0) / side ** 2;
          expect(Math.abs(mean + (bias[index] ?? 0) - (logits[index] ?? 0))).toBeLessThan(rounding * 1.001);
        }
      }
      await session.release();
    },
  );
});

async function tensorOf(photo: string, manifest: Manifest): Promise<Tensor> {
  const { crop } = manifest.preprocessing;
  const pixels = await sharp(repositoryPath(`examples/${photo}`))
    .resize(crop, crop)
    .raw()
    .toBuffer();
  const tensor = createImageTensor(manifest, 1);
  tensor.write({ pixels, channels: 3 }, 0);
  const [, ...sizes] = manifest.input.shape;
  return toTensor(tensor.first(1), [1, ...sizes]);
}
