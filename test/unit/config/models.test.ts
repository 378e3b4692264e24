import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { extraModelBytes } from '../../../lambda/config/models.ts';
import { readConfig } from '../../../lambda/config.ts';
import { MODEL_DIR } from '../../support/model.ts';

const MIB = 2 ** 20;
const onLambda = { AWS_LAMBDA_FUNCTION_NAME: 'classify' };

let repository: string;
beforeAll(async () => {
  repository = await mkdtemp(join(tmpdir(), 'models-'));
  await symlink(MODEL_DIR, join(repository, 'resnet50'));
  for (const name of ['b', 'a']) {
    await mkdir(join(repository, name));
    await writeFile(
      join(repository, name, 'manifest.json'),
      JSON.stringify({ file: 'graph.onnx', weights: { file: 'graph.onnx.data' } }),
    );
  }
  await mkdir(join(repository, 'tools'));
  await writeFile(join(repository, 'sources.json'), '{}');
});
afterAll(() => rm(repository, { recursive: true }));

describe('MODELS', () => {
  const folders = (environment: Record<string, string>) =>
    readConfig({ MODEL_REPOSITORY: repository, ...environment }).models.map((folder) =>
      folder.replace(`${repository}/`, ''),
    );

  test.each([
    ['resnet50', ['resnet50']],
    ['b, resnet50', ['b', 'resnet50']],
    ['a,/elsewhere/m', ['a', '/elsewhere/m']],
  ])('%s names folders, the default model first', (MODELS, expected) => {
    expect(folders({ MODELS })).toEqual(expected);
  });

  test('takes paths from the current folder', () => {
    expect(readConfig({ MODELS: './m,../n/' }).models).toEqual([
      join(process.cwd(), 'm'),
      join(process.cwd(), '../n'),
    ]);
  });

  test('is all bundles of the repository on a laptop, ResNet-50 first, and ResNet-50 alone on Lambda', () => {
    expect(folders({})).toEqual(['resnet50', 'a', 'b']);
    expect(folders(onLambda)).toEqual(['resnet50']);
  });

  test('is led by the first bundle of a repository without ResNet-50', async () => {
    const own = await mkdtemp(join(tmpdir(), 'models-'));
    for (const name of ['y', 'x']) {
      await mkdir(join(own, name));
      await writeFile(join(own, name, 'manifest.json'), '{}');
    }
    expect(readConfig({ MODEL_REPOSITORY: own }).models).toEqual([join(own, 'x'), join(own, 'y')]);
    await rm(own, { recursive: true });
  });

  test.each(['a,a', 'a,,b', ',', '.', '..', 'a b', '-a', 'a@1.0.0'])('%j is refused', (MODELS) => {
    expect(() => readConfig({ MODELS })).toThrow(
      `MODELS: expected folders of model bundles (not NAME@VERSION), separated by commas, each once, got "${MODELS}"`,
    );
  });
});

describe('the memory of models', () => {
  /** A file of that size that takes no space on the disk. */
  async function resize(name: string, bytes: number): Promise<void> {
    await writeFile(join(repository, 'a', name), '');
    await truncate(join(repository, 'a', name), bytes);
  }
  const a = () => join(repository, 'a');

  test('is planned for ResNet-50, and taken from the budgets for others', async () => {
    await resize('graph.onnx', MIB);
    await resize('graph.onnx.data', 100 * MIB);
    expect(extraModelBytes([MODEL_DIR])).toBe(0);
    expect(extraModelBytes([MODEL_DIR, a()])).toBeGreaterThan(100 * MIB);
    const planOf = (MODELS: string) =>
      readConfig({ MODEL_REPOSITORY: repository, MEMORY_LIMIT_MIB: '1769', MODELS }).budgets.memory;
    expect(planOf('resnet50,a').bodyBytes).toBeLessThan(planOf('resnet50').bodyBytes);
    expect(planOf('resnet50,a').decodeBytes).toBeLessThan(planOf('resnet50').decodeBytes);
  });

  test('is that of the files that the manifest names, not of others in the folder', async () => {
    await resize('graph.onnx', MIB);
    await resize('graph.onnx.data', 30 * MIB);
    const before = extraModelBytes([MODEL_DIR, a()]);
    await resize('before-quantization.onnx', 500 * MIB);
    expect(extraModelBytes([MODEL_DIR, a()])).toBe(before);
  });

  test('has the graph of the activation maps in it', async () => {
    await resize('graph.onnx', MIB);
    await resize('graph.onnx.data', 30 * MIB);
    await resize('maps.onnx', 8 * MIB);
    const before = extraModelBytes([MODEL_DIR, a()]);
    const files = {
      file: 'graph.onnx',
      weights: { file: 'graph.onnx.data' },
      activationMaps: { file: 'maps.onnx' },
    };
    await writeFile(join(a(), 'manifest.json'), JSON.stringify(files));
    expect(extraModelBytes([MODEL_DIR, a()])).toBe(before + 16 * MIB);
  });

  test('of a bundle that cannot be read is unknown, which its loading reports', () => {
    expect(extraModelBytes([MODEL_DIR, '/nowhere'])).toBeLessThan(30 * MIB);
    expect(extraModelBytes(['/nowhere'])).toBe(0);
  });
});
