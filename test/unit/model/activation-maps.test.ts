import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createActivationMapper } from '../../../lambda/model/activation-maps.ts';
import { loadClassifier } from '../../../lambda/model/classifier.ts';
import type { ActivationMaps } from '../../../lambda/model/manifest.ts';
import { createSession } from '../../../lambda/model/session.ts';
import {
  CLASSES,
  MAPPED_MODELS,
  mappedManifest,
  randomImages,
  writeMappedBundle,
} from '../../support/mapped-bundle.ts';

const ALL = Array.from({ length: CLASSES }, (_, index) => index);
const ROWS = 2;
const COLUMNS = 4;
const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

async function mappedModel(dtype: 'float32' | 'uint8') {
  const manifest = mappedManifest(dtype);
  const graphPath = `${MAPPED_MODELS}/${manifest.file}`;
  const { run } = await createSession({ manifest, graphPath }, { threads: 1 });
  const map = createActivationMapper(MAPPED_MODELS, manifest.activationMaps);
  return {
    map,
    async outputs(images: Float32Array) {
      const [output] = await run(images, 1, ['features']);
      const { scores, features } = output ?? {};
      return {
        scores: scores ?? expect.unreachable('no scores'),
        features: features ?? expect.unreachable('no features'),
      };
    },
  };
}

/** The pixels of one cell of the map are 1, the others 0. */
function imageWithCell(row: number, column: number): Float32Array {
  return Float32Array.from({ length: 192 }, (_, index) => {
    const [y, x] = [Math.floor(index / 8) % 8, index % 8];
    return Math.floor(y / 4) === row && Math.floor(x / 2) === column ? 1 : 0;
  });
}

describe.each([
  ['float32', 1e-5],
  // The embedding of the quantized model has steps of 1/128. The classes' weights add up to less than 6.
  ['uint8', 6 * (0.5 / 128)],
] as const)('the maps of a model with %s features', (dtype, tolerance) => {
  test('have means that, with the biases, are the logits', async () => {
    const { map, outputs } = await mappedModel(dtype);
    const { scores: biases } = await outputs(new Float32Array(192));
    for (const seed of [1, 2, 3]) {
      const { scores, features } = await outputs(randomImages(1).map((value) => value * seed));
      const maps = await map(features, ALL);
      for (const index of ALL) {
        const logit = mean(maps[index] ?? new Float32Array()) + (biases[index] ?? Number.NaN);
        expect(Math.abs(logit - (scores[index] ?? Number.NaN))).toBeLessThan(tolerance);
      }
    }
  });

  test('are of the classes in the order that was asked for', async () => {
    const { map, outputs } = await mappedModel(dtype);
    const { features } = await outputs(randomImages(1));
    const all = await map(features, ALL);
    const close = (index: number) => Array.from(all[index] ?? [], (value) => expect.closeTo(value, 5));
    expect((await map(features, [7, 2, 9])).map((values) => [...values])).toEqual([7, 2, 9].map(close));
    expect((await map(features, [4])).map((values) => [...values])).toEqual([close(4)]);
    expect(all.map(({ length }) => length)).toEqual(ALL.map(() => ROWS * COLUMNS));
  });

  test.each([
    [0, 0],
    [0, 3],
    [1, 0],
    [1, 2],
  ])(
    'show what is in row %i and column %i of the picture there, and nothing elsewhere',
    async (row, column) => {
      const { map, outputs } = await mappedModel(dtype);
      const { features } = await outputs(imageWithCell(row, column));
      for (const values of await map(features, ALL)) {
        const seen = [...values.keys()].filter((cell) => values[cell] !== 0);
        expect(seen).toEqual([row * COLUMNS + column]);
      }
    },
  );
});

describe('a bundle', () => {
  const { activationMaps } = mappedManifest('float32');
  const refusal = async (maps: ActivationMaps) => {
    const map = createActivationMapper(MAPPED_MODELS, maps);
    const error = await map(new Float32Array(32), [0]).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'BundleError' });
    return (error as Error).message;
  };

  test.each<readonly [string, Partial<ActivationMaps>, string]>([
    [
      'with rows and columns that are not those of the graph',
      { rows: 4, columns: 2 },
      'manifest.json: activationMaps: expected tiny-maps.onnx to have maps, float32 [any, 4, 2], got float32 [any, 2, 4]',
    ],
    [
      'with a graph that takes features of another type',
      { file: 'tiny-maps-uint8.onnx' },
      'manifest.json: activationMaps: expected tiny-maps-uint8.onnx to have features, float32 [1, 4, 2, 4], got uint8 [1, 4, 2, 4]',
    ],
    [
      'with a graph that takes features of another shape',
      { features: { ...activationMaps.features, shape: [null, 4, 4, 2] } },
      'manifest.json: activationMaps: expected tiny-maps.onnx to have features, float32 [1, 4, 4, 2], got float32 [1, 4, 2, 4]',
    ],
    [
      'with a graph of another kind',
      { file: 'tiny.onnx' },
      'manifest.json: activationMaps: expected tiny.onnx to have features, float32 [1, 4, 2, 4], got none',
    ],
    [
      'with a file that is no graph',
      { file: 'README.md' },
      'README.md: ONNX Runtime cannot load it; see docs/troubleshooting.md#onnx-runtime-cannot-load-the-model',
    ],
  ])('%s is refused', async (_name, changes, message) => {
    expect(await refusal({ ...activationMaps, ...changes })).toBe(message);
  });

  test('whose maps have another checksum does not load', async () => {
    await using folder = await temporaryFolder();
    const manifest = mappedManifest('float32');
    await writeMappedBundle(folder.path, manifest);
    await loadClassifier(folder.path, { threads: 1 });
    const file = join(folder.path, manifest.activationMaps.file);
    await cp(join(MAPPED_MODELS, 'tiny-maps-uint8.onnx'), file);
    await expect(loadClassifier(folder.path, { threads: 1 })).rejects.toThrow(
      `${file}: expected sha256 ${manifest.activationMaps.sha256}, got `,
    );
    await rm(file);
    await expect(loadClassifier(folder.path, { threads: 1 })).rejects.toThrow(
      `${file}: expected a file of the model bundle, but it does not exist`,
    );
  });

  test('with maps too large for an answer does not load', async () => {
    await using folder = await temporaryFolder();
    const manifest = mappedManifest('float32');
    await writeMappedBundle(folder.path, { ...manifest, activationMaps: { ...activationMaps, rows: 1024 } });
    await expect(loadClassifier(folder.path, { threads: 1 })).rejects.toThrow(
      /manifest\.json: activationMaps\.rows: expected at most 64, got 1024$/,
    );
  });

  test('explains again after a failure that has passed', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, activationMaps.file);
    await writeFile(file, 'not a graph');
    const map = createActivationMapper(folder.path, activationMaps);
    await expect(map(new Float32Array(32), [0])).rejects.toThrow('ONNX Runtime cannot load it');
    await cp(join(MAPPED_MODELS, activationMaps.file), file);
    expect(await map(new Float32Array(32), [0])).toEqual([new Float32Array(ROWS * COLUMNS)]);
  });
});

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'maps-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
