import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../../lambda/model/manifest.ts';
import { createSession } from '../../../lambda/model/session.ts';
import { CLASSES, MAPPED_MODELS, mappedManifest, randomImages } from '../../support/mapped-bundle.ts';

const sessionOf = (manifest: Manifest) =>
  createSession({ manifest, graphPath: `${MAPPED_MODELS}/${manifest.file}` }, { threads: 1 });

const largestDifference = (first: ArrayLike<number>, second: ArrayLike<number>) => {
  expect(first.length).toBe(second.length);
  return Math.max(...Array.from(first, (value, at) => Math.abs(value - (second[at] ?? Number.NaN))));
};

/** The mean of each channel of feature maps of [4, 2, 4]. */
const pooled = (features: Float32Array) =>
  Float32Array.from({ length: 4 }, (_, channel) =>
    features.subarray(channel * 8, (channel + 1) * 8).reduce((sum, value) => sum + value / 8, 0),
  );

describe.each(['float32', 'uint8'] as const)('a model with a %s embedding', (dtype) => {
  const manifest = mappedManifest(dtype);

  test('returns only the scores unless more is asked for', async () => {
    const { run } = await sessionOf(manifest);
    const [plain] = await run(randomImages(1), 1);
    expect(plain).toEqual({ scores: expect.any(Float32Array), embedding: undefined, features: undefined });
    const [embedded] = await run(randomImages(1), 1, ['embedding']);
    expect(embedded?.features).toBeUndefined();
    expect(embedded?.embedding).toHaveLength(4);
    const [mapped] = await run(randomImages(1), 1, ['features']);
    expect(mapped?.embedding).toBeUndefined();
    expect(mapped?.features).toHaveLength(4 * 2 * 4);
  });

  test('has the same scores with and without them, to the last bit', async () => {
    const { run } = await sessionOf(manifest);
    const [plain, both] = [
      await run(randomImages(3), 3),
      await run(randomImages(3), 3, ['embedding', 'features']),
    ];
    expect(both.map(({ scores }) => scores)).toEqual(plain.map(({ scores }) => scores));
    expect(plain[0]?.scores).toHaveLength(CLASSES);
  });

  test('gives each image of a batch its own', async () => {
    const { run } = await sessionOf(manifest);
    const images = randomImages(3);
    const together = await run(images, 3, ['features', 'embedding']);
    expect(new Set(together.map(({ embedding }) => embedding?.join())).size).toBe(3);
    for (const [index, { embedding, features }] of together.entries()) {
      const [alone] = await run(images.slice(index * 192, (index + 1) * 192), 1, ['embedding', 'features']);
      expect(largestDifference(embedding ?? [], alone?.embedding ?? [])).toBeLessThan(1e-6);
      expect(largestDifference(features ?? [], alone?.features ?? [])).toBeLessThan(1e-6);
    }
  });

  test('asking twice is like asking once', async () => {
    const { run } = await sessionOf(manifest);
    const once = await run(randomImages(2), 2, ['embedding']);
    expect(await run(randomImages(2), 2, ['embedding', 'embedding'])).toEqual(once);
  });
});

test('the embedding is the mean of each feature map', async () => {
  const { run } = await sessionOf(mappedManifest('float32'));
  for (const { embedding, features } of await run(randomImages(2), 2, ['embedding', 'features']))
    expect(largestDifference(embedding ?? [], pooled(features as Float32Array))).toBeLessThan(1e-6);
});

test('a quantized embedding comes as real values: those of the float model, within half a step', async () => {
  const images = randomImages(4);
  const real = await (await sessionOf(mappedManifest('float32'))).run(images, 4, ['embedding']);
  const quantized = await (await sessionOf(mappedManifest('uint8'))).run(images, 4, ['embedding']);
  // Steps of 1/128 in the embedding, and of 1/64 in the feature maps that it is the mean of.
  const tolerance = 0.5 / 128 + 0.5 / 64;
  for (const [index, { embedding }] of quantized.entries()) {
    expect(embedding).toBeInstanceOf(Float32Array);
    expect(largestDifference(embedding ?? [], real[index]?.embedding ?? [])).toBeLessThan(tolerance);
  }
  expect(Math.max(...(real[0]?.embedding ?? []))).toBeGreaterThan(5 * tolerance);
});

describe('refuses a bundle', () => {
  const { embedding, activationMaps, ...rest } = mappedManifest('float32');
  const { features } = activationMaps;
  const withFeatures = (changes: Partial<typeof features>): Manifest => ({
    ...rest,
    activationMaps: { ...activationMaps, features: { ...features, ...changes } },
  });

  test.each<readonly [string, Manifest, RegExp]>([
    [
      'whose graph has no such embedding',
      { ...rest, embedding: { ...embedding, name: 'pooled' } },
      /^manifest\.json: embedding\.name: the model has no output pooled, it has logits, embedding, features$/,
    ],
    [
      'with an embedding of another length',
      { ...rest, embedding: { ...embedding, shape: [null, 2048] } },
      /^manifest\.json: embedding\.shape: expected the model's \[null,4\], got \[null,2048\]$/,
    ],
    [
      'with an embedding of another type',
      {
        ...rest,
        embedding: { ...embedding, dtype: 'uint8', quantization: { scale: 1, zeroPoint: 0 } },
      },
      /^manifest\.json: embedding\.dtype: expected the model's float32, got uint8$/,
    ],
    [
      'whose graph has no such features',
      withFeatures({ name: 'relu' }),
      /^manifest\.json: activationMaps\.features\.name: the model has no output relu, it has /,
    ],
    [
      'with features of another shape',
      withFeatures({ shape: [null, 2, 4, 4] }),
      /^manifest\.json: activationMaps\.features\.shape: expected the model's \[null,4,2,4\], got \[null,2,4,4\]$/,
    ],
    [
      'with features of another type',
      withFeatures({ dtype: 'uint8' }),
      /^manifest\.json: activationMaps\.features\.dtype: expected the model's float32, got uint8$/,
    ],
  ])('%s', async (_name, manifest, message) => {
    const error = await sessionOf(manifest).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'BundleError', message: expect.stringMatching(message) });
  });
});
