import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { calibrationPhotos, requireQuantizable } from '../../../../../scripts/lib/model/import/quantize.ts';
import { REPOSITORY } from '../../../../../scripts/lib/paths.ts';
import { manifest } from '../../../../support/model.ts';
import { classifierGraph } from './graphs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'int8-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('requireQuantizable', () => {
  type Given = Parameters<typeof requireQuantizable>[0];
  const input = {
    name: 'image',
    dtype: 'float32',
    layout: 'NCHW',
    shape: [null, 3, 8, 8],
  } satisfies Given['input'];
  const model: Given = { precision: 'fp32', input };

  it.each([null, 1])('takes a batch of %s', (batch) => {
    expect(() =>
      requireQuantizable({ ...model, input: { ...input, shape: [batch, 3, 8, 8] } }),
    ).not.toThrow();
  });

  it.each<[string, Given, string]>([
    ['int8', { ...model, precision: 'int8' }, 'expected a model in fp32, got int8'],
    [
      'bytes',
      { ...model, input: { ...input, dtype: 'uint8', shape: [null, 3, 8, 8] } },
      'expected an input of float32, got uint8',
    ],
    [
      'NHWC',
      { ...model, input: { ...input, layout: 'NHWC', shape: [null, 8, 8, 3] } },
      'expected an input in the layout NCHW, got NHWC',
    ],
    [
      'batches of two',
      { ...model, input: { ...input, shape: [2, 3, 8, 8] } },
      'expected an input of one image, or of any number, got 2',
    ],
  ])('refuses %s', (_, given, message) => {
    expect(() => requireQuantizable(given)).toThrow(`--int8: ${message}`);
  });

  it('takes what an ordinary manifest says', () => {
    expect(() => requireQuantizable({ ...manifest, precision: 'fp32' })).not.toThrow();
  });
});

describe('calibrationPhotos', () => {
  it('returns the photos, sorted, and nothing else', async () => {
    for (const name of ['b.JPG', 'a.png', 'notes.txt']) await writeFile(join(folder, name), '');
    expect(await calibrationPhotos(folder)).toEqual([join(folder, 'a.png'), join(folder, 'b.JPG')]);
  });

  it.each([
    ['an empty folder', '.', 'expected photos, got none'],
    ['no folder', 'none', 'expected a folder of photos, but it cannot be read (ENOENT)'],
  ])('refuses %s', async (_, name, message) => {
    await expect(calibrationPhotos(join(folder, name))).rejects.toThrow(message);
  });
});

describe('model:import --int8', { timeout: 60_000 }, () => {
  it('refuses a Python that is too old, and leaves nothing behind', async () => {
    await writeFile(join(folder, 'python'), '#!/bin/sh\necho 3.9\n', { mode: 0o755 });
    await writeFile(join(folder, 'small.onnx'), classifierGraph());
    await writeFile(join(folder, 'labels.json'), '["a", "b", "c", "d", "e"]');
    const args = [
      ...[join(folder, 'small.onnx'), '--labels', join(folder, 'labels.json'), '--preset', 'timm'],
      ...['--int8', '--calibration', `${REPOSITORY}examples`, '--dir', join(folder, 'bundle')],
    ];
    const python = join(folder, 'python');
    const said = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      const env = { ...process.env, PYTHON: python };
      execFile(
        process.execPath,
        [`${REPOSITORY}scripts/model-import.ts`, ...args],
        { env },
        (error, _, stderr) => resolve({ code: error?.code, stderr }),
      );
    });
    expect(said).toEqual({
      code: 1,
      stderr: `--int8: expected Python 3.11 or later as ${python}, got 3.9; PYTHON names another\n`,
    });
    expect((await readdir(folder)).sort()).toEqual(['labels.json', 'python', 'small.onnx']);
  });
});
