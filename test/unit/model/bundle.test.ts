import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadBundle } from '../../../lambda/model/bundle.ts';
import { MODEL_DIR, readRepositoryFile } from '../../support/model.ts';

const MODEL_FILES = ['resnet50-int8-optimised.onnx', 'resnet50-int8.onnx'];

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bundle-'));
  await cp(MODEL_DIR, directory, { recursive: true });
});
afterEach(() => rm(directory, { recursive: true }));

const manifestFile = () => join(directory, 'manifest.json');

async function changeManifest(change: (manifest: Record<string, object>) => void): Promise<void> {
  const manifest = JSON.parse(await readFile(manifestFile(), 'utf8'));
  change(manifest);
  await writeFile(manifestFile(), JSON.stringify(manifest));
}

const refusal = async (): Promise<string> => {
  const error = await loadBundle(directory).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toMatchObject({ name: 'BundleError' });
  const { message } = error as Error;
  expect(message, 'one line').not.toContain('\n');
  return message;
};

describe('loadBundle', () => {
  test('reads the bundle of the repository', async () => {
    const { manifest, labels, graphPath } = await loadBundle(directory);
    expect(labels).toHaveLength(1000);
    expect(labels[285]).toEqual({ index: 285, wnid: 'n02124075', label: 'Egyptian cat' });
    expect(manifest.output.shape).toEqual([null, 1000]);
    expect(graphPath).toBe(join(directory, manifest.file));
  });

  test('the folder has no manifest', async () => {
    await rm(manifestFile());
    expect(await refusal()).toBe(
      `expected a folder with a model bundle, got ${directory} (no manifest.json); see docs/troubleshooting.md#no-model-in-the-folder`,
    );
  });

  test.each(['labels.json', ...MODEL_FILES])('%s is missing', async (name) => {
    await rm(join(directory, name));
    expect(await refusal()).toBe(
      `${join(directory, name)}: expected a file of the model bundle, but it does not exist`,
    );
  });

  test.each(MODEL_FILES)('the last byte of %s differs', async (name) => {
    const file = join(directory, name);
    const bytes = await readFile(file);
    bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1);
    await writeFile(file, bytes);
    const message = await refusal();
    expect(message.startsWith(`${file}: `)).toBe(true);
    expect(message).toMatch(
      /: expected sha256 [0-9a-f]{64}, got [0-9a-f]{64}; see docs\/troubleshooting\.md#model-checksum$/,
    );
  });

  test('reads a bundle whose graph holds its weights', async () => {
    const tiny = readRepositoryFile('test/fixtures/models/tiny/tiny.onnx');
    await writeFile(join(directory, 'tiny.onnx'), tiny);
    const sha256 = createHash('sha256').update(tiny).digest('hex');
    const input = { name: 'image', dtype: 'float32', layout: 'NCHW', shape: [1, 3, 224, 224] };
    await changeManifest((manifest) => {
      Object.assign(manifest, { file: 'tiny.onnx', sha256, input });
      delete manifest['weights'];
      delete manifest['optimised'];
    });
    const { graphPath, manifest } = await loadBundle(directory);
    expect(graphPath).toBe(join(directory, 'tiny.onnx'));
    expect(manifest.input.dtype).toBe('float32');
  });

  test('a label is missing', async () => {
    const file = join(directory, 'labels.json');
    const labels = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify(labels.slice(0, 999)));
    expect(await refusal()).toMatch(
      /labels\.json: expected 1000 labels, the width of the model's output, got 999$/,
    );
  });

  test('a label is not an object', async () => {
    await writeFile(join(directory, 'labels.json'), JSON.stringify(['cat']));
    expect(await refusal()).toMatch(/labels\.json: 0: expected an object, got "cat"$/);
  });

  test('labels are in another order', async () => {
    const file = join(directory, 'labels.json');
    const labels = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify([labels[1], labels[0], ...labels.slice(2)]));
    expect(await refusal()).toMatch(/labels\.json: 0\.index: expected 0, got 1$/);
  });

  test('the manifest has an unknown field', async () => {
    await changeManifest((manifest) => Object.assign(manifest, { quantisation: 'int4' }));
    expect(await refusal()).toMatch(/manifest\.json: unknown field "quantisation"$/);
  });

  test.each([
    ['sha256', 'abc', /manifest\.json: sha256: expected 64 lower-case hex digits$/],
    ['file', '../secret', /manifest\.json: file: expected the bare name of a file in the bundle$/],
    ['labels', undefined, /manifest\.json: labels: expected text, got nothing$/],
    ['schema', 2, /manifest\.json: schema: expected 1, got 2$/],
    ['name', 'a/b', /manifest\.json: name: expected 1 to 64 letters, digits, dots, hyphens or underscores$/],
    ['name', 'stats', /manifest\.json: name: expected a name other than stats, which stands for all models /],
    ['name', 'cat-image', /manifest\.json: name: expected a name that does not end in -image, which marks /],
    ['version', '1@2', /manifest\.json: version: expected a version such as 1\.0\.0$/],
    ['precision', 8, /manifest\.json: precision: expected "fp32" or "fp16" or "int8", got 8$/],
    ['accuracy', {}, /manifest\.json: accuracy: expected a list, got an object$/],
    ['input', { dtype: 'int8' }, /manifest\.json: input\.dtype: expected "float32" or "uint8", got "int8"$/],
    [
      'input',
      { name: 'input', dtype: 'float32', layout: 'NHWC', shape: [null, 3, 224, 224] },
      /manifest\.json: input\.shape: expected 3 channels in the layout NHWC, got 224$/,
    ],
    [
      'input',
      {
        name: 'input',
        dtype: 'uint8',
        layout: 'NHWC',
        blockSize: 2,
        shape: [null, 112, 112, 12],
        quantization: { scale: 1 },
      },
      /manifest\.json: input\.quantization\.zeroPoint: expected a number, got nothing$/,
    ],
    [
      'input',
      { name: 'input', dtype: 'uint8', layout: 'NHWC', shape: [null, 224, 224, 3] },
      /manifest\.json: preprocessing: expected rescale 1, mean 0 and std 1 for an input that takes pixels as they are$/,
    ],
    [
      'embedding',
      { name: 'embedding', dtype: 'float32', shape: [null, 16_385] },
      /manifest\.json: embedding\.shape: expected at most 16384 values for an image$/,
    ],
    [
      'activationMaps',
      {
        features: { name: 'features', dtype: 'float32', shape: [null, 8, 64, 65] },
        file: 'maps.onnx',
        sha256: '0'.repeat(64),
        rows: 64,
        columns: 65,
      },
      /manifest\.json: activationMaps\.columns: expected at most 64, got 65$/,
    ],
  ])('the %s of the manifest is %j', async (key, value, message) => {
    await changeManifest((manifest) => Object.assign(manifest, { [key]: value }));
    expect(await refusal()).toMatch(message);
  });

  test('the crop is not the size of the input', async () => {
    await changeManifest((manifest) => Object.assign(manifest['preprocessing'] ?? {}, { crop: 200 }));
    expect(await refusal()).toMatch(/preprocessing\.crop: expected the input's height and width, 224 x 224$/);
  });

  test('the manifest is not JSON', async () => {
    await writeFile(manifestFile(), '{');
    expect(await refusal()).toMatch(/manifest\.json: expected JSON$/);
  });
});
