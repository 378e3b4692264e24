import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Manifest } from '../../../../lambda/model/manifest.ts';
import { REPOSITORY } from '../../paths.ts';
import { ensureVenv, pythonOf } from '../../python/venv.ts';
import { run } from '../../system/run.ts';

const TOOLS = `${REPOSITORY}models/tools/`;
/** Git ignores it. */
const VENV = `${REPOSITORY}.cache/venv-model-tools`;
const PYTHON = process.env['PYTHON'] ?? 'python3';
/** Of the pinned packages in models/tools/requirements.txt. */
const MINIMUM = [3, 11] as const;
/** IMAGE_SUFFIXES of models/tools/preprocess.py. */
const PHOTO = /\.(bmp|gif|jpe?g|png|webp)$/i;

/** @returns the photos that the quantizer sees. @throws Error in one line if there are none */
export async function calibrationPhotos(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${folder}: expected a folder of photos, but it cannot be read (${cause.code})`, {
      cause,
    });
  });
  const photos = names.filter((name) => PHOTO.test(name)).sort();
  if (photos.length === 0) throw new Error(`${folder}: expected photos, got none`);
  return photos.map((name) => resolve(folder, name));
}

/** @throws Error in one line for a model that the quantizer cannot calibrate. */
export function requireQuantizable({ precision, input }: Pick<Manifest, 'precision' | 'input'>): void {
  const [batch] = input.shape;
  const expect = (isRight: boolean, wanted: string, got: unknown) => {
    if (!isRight) throw new Error(`--int8: expected ${wanted}, got ${got}`);
  };
  expect(precision === 'fp32', 'a model in fp32', precision);
  expect(input.dtype === 'float32', 'an input of float32', input.dtype);
  expect(input.layout === 'NCHW', 'an input in the layout NCHW', input.layout);
  expect(batch === null || batch === 1, 'an input of one image, or of any number', batch);
}

/**
 * Runs the Python quantizer of models/tools in a virtual environment of its own, which the first run makes.
 *
 * @param files.manifest says how photos are prepared.
 * @param onStep is told what takes long.
 */
export async function quantize(
  files: {
    readonly graph: string;
    readonly manifest: string;
    readonly calibration: string;
    readonly output: string;
  },
  onStep: (step: string) => void,
): Promise<void> {
  await requirePython();
  const requirements = `${TOOLS}requirements.txt`;
  await ensureVenv({ folder: VENV, requirements, python: PYTHON }, () =>
    onStep('Installing the Python packages of models/tools'),
  );
  onStep('Quantizing to int8');
  const { graph, manifest, calibration, output } = files;
  await run(pythonOf(VENV), [
    `${TOOLS}quantize.py`,
    ...['--model', graph, '--manifest', manifest, '--calibration', resolve(calibration), '--output', output],
  ]).catch((cause: Error) => {
    throw new Error(`--int8: models/tools/quantize.py failed: ${cause.message.trim().split('\n').at(-1)}`, {
      cause,
    });
  });
}

async function requirePython(): Promise<void> {
  const wanted = `Python ${MINIMUM.join('.')} or later`;
  const found = await run(PYTHON, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']).catch(
    (cause: Error) => {
      throw new Error(
        `--int8: expected ${wanted} as ${PYTHON}, but it cannot be started; PYTHON names another`,
        {
          cause,
        },
      );
    },
  );
  const [major = 0, minor = 0] = found.split('.').map(Number);
  if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
    throw new Error(`--int8: expected ${wanted} as ${PYTHON}, got ${found}; PYTHON names another`);
  }
}
