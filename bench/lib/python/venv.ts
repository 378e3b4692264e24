import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { run } from '../../../scripts/lib/system/run.ts';
import { BASELINES, WORK } from '../paths.ts';

/** The Python of the stack that is replaced; PyTorch 2.1 supports up to 3.11. */
const PYTHON = process.env['PYTHON'] ?? 'python3.11';

/** The virtual environments of `bench/baselines`, one for each folder with a `requirements.txt`. */
export type VenvName = 'fastapi-torch' | 'litserve' | 'bentoml' | 'mlserver' | 'limits';

/** A folder that ends in a slash. */
export const venvOf = (name: VenvName): string => `${WORK}venv-${name}/`;

export const venvPython = (name: VenvName): string => `${venvOf(name)}bin/python`;

/** Makes the environment, or brings it to the pinned versions where the list has changed. */
export async function ensureVenv(name: VenvName): Promise<void> {
  const requirements = `${BASELINES}${name}/requirements.txt`;
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const marker = `${venvOf(name)}requirements.sha256`;
  if ((await readFile(marker, 'utf8').catch(() => '')) === wanted) return;
  console.log(`Installing the Python packages of ${name}`);
  await ensureWorkFolder();
  await run(PYTHON, ['-m', 'venv', venvOf(name)]);
  await run(venvPython(name), ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
  await writeFile(marker, wanted);
}

/** The folder of the benchmark's own files, which Git ignores without being told elsewhere. */
export async function ensureWorkFolder(): Promise<void> {
  await mkdir(WORK, { recursive: true });
  await writeFile(`${WORK}.gitignore`, '*\n');
}
