import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Manifest } from '../../../../lambda/model/manifest.ts';
import { encodeOnnx } from '../../../../scripts/lib/model/onnx/writer.ts';
import { findOutdated, optimiseBundle } from '../../../../scripts/lib/model/optimised/bundle.ts';
import { withOutputFields } from '../../../../scripts/lib/model/optimised/manifest-text.ts';
import { operatorsOf, requirePortable } from '../../../../scripts/lib/model/optimised/operators.ts';
import { optimisedBundles } from '../../../../scripts/lib/model/optimised/repository.ts';
import { MODEL_DIR, readRepositoryFile, repositoryPath } from '../../../support/model.ts';

const GRAPH = 'resnet50-int8-optimised.onnx';

describe.each([
  ['resnet50', 53],
  ['efficientnet-lite2', 64],
])('the graph of %s', (name, convolutions) => {
  const { file } = JSON.parse(Buffer.from(readRepositoryFile(`models/${name}/manifest.json`)).toString());
  const graph = readRepositoryFile(`models/${name}/${file}`);

  test('has only operators that every processor has', () => {
    expect(() => requirePortable(graph, file)).not.toThrow();
  });

  test('is quantized from end to end', () => {
    const operators = operatorsOf(graph);
    expect(operators.filter((operator) => operator === 'com.microsoft.QLinearConv')).toHaveLength(
      convolutions,
    );
    expect(operators.filter((operator) => /QuantizeLinear|Cast/.test(operator))).toEqual([]);
  });
});

describe('requirePortable', () => {
  const value = (name: string) => ({ name, shape: ['N', 3] });
  const node = (opType: string) => ({ opType, inputs: ['image'], output: 'scores', attributes: {} });
  const encode = (...operators: string[]) =>
    Buffer.concat(
      encodeOnnx({
        name: 'test',
        nodes: operators.map(node),
        initializers: [{ name: 'large', shape: [300], data: new Float32Array(300) }],
        inputs: [value('image')],
        output: value('scores'),
      }),
    );

  test('refuses other operators, and names each once', () => {
    expect(() => requirePortable(encode('Flatten', 'Conv', 'Relu', 'Conv'), 'model.onnx')).toThrow(
      'model.onnx: expected operators that every processor has, got Conv, Relu',
    );
  });

  test('refuses bytes that are no model', () => {
    expect(() => requirePortable(Buffer.from('{}'), 'model.onnx')).toThrow('expected an ONNX model');
    expect(() => requirePortable(encode('Flatten').subarray(0, 21), 'model.onnx')).toThrow(
      'expected an ONNX model',
    );
  });
});

describe('model:optimise', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'optimise-'));
    await cp(MODEL_DIR, directory, { recursive: true });
  });
  afterEach(() => rm(directory, { recursive: true }));

  const change = async (name: string, from: string | RegExp, to: string) => {
    const path = join(directory, name);
    await writeFile(path, (await readFile(path, 'latin1')).replace(from, to), 'latin1');
    return path;
  };

  test.each([
    ['a graph of other bytes', GRAPH, 'NhwcMaxPool', 'NhwcMinPool'],
    ['other activation maps', 'resnet50-maps.onnx', 'Gather', 'Gothic'],
    ['the manifest of another version', 'manifest.json', /"onnxruntime": "[\d.]+"/, '"onnxruntime": "1.2.3"'],
  ])('finds %s and replaces it', async (_name, file, from, to) => {
    const original = await readFile(join(directory, file));
    const path = await change(file, from, to);
    expect(await readFile(path)).not.toEqual(original);
    expect(await findOutdated(directory)).toEqual([path]);
    await optimiseBundle(directory);
    expect(await findOutdated(directory)).toEqual([]);
    expect(await readFile(path)).toEqual(original);
  });

  test('needs a manifest that names the source', async () => {
    const path = await change('manifest.json', /\n *"optimised".*/, '');
    await expect(findOutdated(directory)).rejects.toThrow(
      `${path}: expected a field "optimised", which names the graph to optimise`,
    );
  });
});

describe('withOutputFields', () => {
  const text = Buffer.from(readRepositoryFile('models/resnet50/manifest.json')).toString();
  const { embedding, activationMaps } = JSON.parse(text) as Manifest;
  const lines = (manifest: string) => manifest.split('\n');

  test('keeps the layout of the manifest', () => {
    expect(withOutputFields(text, { embedding, activationMaps })).toBe(text);
  });

  test('removes both fields, and adds them again', () => {
    const without = withOutputFields(text, {});
    expect(JSON.parse(without)).toEqual({
      ...JSON.parse(text),
      embedding: undefined,
      activationMaps: undefined,
    });
    expect(lines(text)).toEqual(expect.arrayContaining(lines(without)));
    expect(withOutputFields(without, { embedding, activationMaps })).toBe(text);
  });

  test('writes a short value in one line, after an output of several lines', () => {
    const manifest =
      '{\n  "output": {\n    "name": "a",\n    "shape": [\n      1\n    ]\n  },\n  "labels": "b"\n}\n';
    const short: Manifest['embedding'] = { name: 'e', dtype: 'float32', shape: [null, 2] };
    expect(withOutputFields(manifest, { embedding: short })).toBe(
      manifest.replace(
        '  "labels"',
        '  "embedding": { "name": "e", "dtype": "float32", "shape": [null, 2] },\n  "labels"',
      ),
    );
  });
});

describe('optimisedBundles', () => {
  let models: string;
  beforeEach(async () => {
    models = await mkdtemp(join(tmpdir(), 'models-'));
  });
  afterEach(() => rm(models, { recursive: true }));

  async function addBundle(name: string, manifest: object): Promise<string> {
    const folder = join(models, name);
    await mkdir(folder);
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    return folder;
  }

  test('finds the bundles of the repository', async () => {
    expect(await optimisedBundles(repositoryPath('models'))).toEqual(
      expect.arrayContaining([
        repositoryPath('models/efficientnet-lite2'),
        repositoryPath('models/resnet50'),
      ]),
    );
  });

  test('leaves out other folders, and bundles that ONNX Runtime optimises at every start', async () => {
    const optimised = JSON.parse(await readFile(join(MODEL_DIR, 'manifest.json'), 'utf8'));
    const { optimised: _, ...plain } = optimised;
    const folders = [await addBundle('b', optimised), await addBundle('a', optimised)];
    await addBundle('plain', plain);
    await mkdir(join(models, 'tools'));
    await writeFile(join(models, 'sources.json'), '{}');
    expect(await optimisedBundles(models)).toEqual(folders.toReversed());
  });

  test('refuses a manifest that it cannot read', async () => {
    await addBundle('broken', {});
    await expect(optimisedBundles(models)).rejects.toThrow('manifest.json: schema: expected 1, got nothing');
  });
});
