import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from '../../../../../scripts/lib/paths.ts';
import { classifierGraph, weightsOf } from './graphs.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-import-'));
  await writeFile(join(folder, 'small.onnx'), classifierGraph({ hasFeatures: true }));
  await writeFile(join(folder, 'labels.txt'), 'one\ntwo\nthree\nfour\nfive\n');
});
afterAll(() => rm(folder, { recursive: true }));

function run(command: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [`${REPOSITORY}scripts/${command}.ts`, ...args], (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

describe('model:import and model:check', { timeout: 60_000 }, () => {
  it('import, then check, then find damage', async () => {
    const bundle = join(folder, 'bundle');
    const imported = await run(
      'model-import',
      join(folder, 'small.onnx'),
      ...[
        '--labels',
        join(folder, 'labels.txt'),
        '--preset',
        'torchvision',
        '--licence',
        'MIT',
        '--dir',
        bundle,
      ],
    );
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    expect(imported.stdout).toMatch(/^1 {2}0\.\d{4} {2}(one|two|three|four|five)$/m);
    expect(imported.stdout).toMatch(/\nMODELS=\/.*bundle npm start\n$/);

    expect(imported.stdout).toMatch(/^embedding {2}Flatten-2: 3 values, float32$/m);
    expect(imported.stdout).toMatch(
      /^maps {7}8 x 8 of Conv-0, their means are the scores of the first 5 classes \(largest difference .*\)$/m,
    );

    const checked = await run('model-check', bundle);
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    expect(imported.stdout).toContain(checked.stdout.trim());

    await appendFile(join(bundle, 'small.onnx'), 'x');
    const damaged = await run('model-check', bundle);
    expect(damaged).toMatchObject({ code: 1, stdout: '' });
    expect(damaged.stderr).toMatch(
      /^.*small\.onnx: expected sha256 [0-9a-f]{64}, got [0-9a-f]{64}; see docs\/troubleshooting\.md#model-checksum\n$/,
    );
  });

  it('finds maps of other values, and maps of another shape', async () => {
    const bundle = join(folder, 'maps');
    const labels = ['--labels', join(folder, 'labels.txt'), '--preset', 'torchvision'];
    await run('model-import', join(folder, 'small.onnx'), ...labels, '--dir', bundle);
    const path = join(bundle, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8'));
    const { activationMaps } = manifest;

    await writeFile(path, JSON.stringify({ ...manifest, activationMaps: { ...activationMaps, rows: 9 } }));
    expect((await run('model-check', bundle)).stderr).toBe(
      'small.onnx: expected maps to be [5, 9, 8], got [5, 8, 8]\n',
    );

    const maps = await readFile(join(bundle, activationMaps.file));
    const weights = maps.indexOf(Buffer.from(weightsOf(5).buffer));
    expect(weights).toBeGreaterThan(0);
    maps.writeFloatLE(2, weights);
    await writeFile(join(bundle, activationMaps.file), maps);
    const sha256 = createHash('sha256').update(maps).digest('hex');
    await writeFile(path, JSON.stringify({ ...manifest, activationMaps: { ...activationMaps, sha256 } }));
    expect((await run('model-check', bundle)).stderr).toMatch(
      /^small\.onnx: expected the mean of a map plus the bias to be the score within [\d.e-]+, got a difference of [\d.]+\n$/,
    );
  });

  it('checks the bundle of the repository by its name, and says that another is missing', async () => {
    const { name, version } = JSON.parse(
      await readFile(`${REPOSITORY}models/resnet50/manifest.json`, 'utf8'),
    );
    const found = await run('model-check', 'resnet50');
    expect(found).toMatchObject({ code: 0, stderr: '' });
    expect(found.stdout).toContain(`${name} ${version}, int8`);
    const missing = await run('model-check', 'none');
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toMatch(
      /^expected a folder with a model bundle, got .*none \(no manifest\.json\); see docs\/troubleshooting\.md#no-model-in-the-folder\n$/,
    );
  });

  it.each([
    ['--int8 without photos', ['--int8'], '--int8: expected together with --calibration'],
    ['photos without --int8', ['--calibration', '.'], '--int8: expected together with --calibration'],
    ['two numbers for three channels', ['--mean', '1,2'], '--mean: expected one number or three, got 2'],
    ['an unknown preset', ['--preset', 'caffe'], '--preset: expected one of torchvision'],
  ])('exits with 2 on %s', async (_, args, message) => {
    const { code, stderr } = await run('model-import', join(folder, 'small.onnx'), ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
