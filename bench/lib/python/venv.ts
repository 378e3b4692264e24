import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { run } from '../../../scripts/lib/system/run.ts';
import { BASELINES, WORK } from '../paths.ts';

/** The Python of the PyTorch stack. PyTorch 2.1 supports versions up to 3.11. */
const PYTHON = process.env['PYTHON'] ?? 'python3.11';

/**
 * The virtual environments, one for each folder of `bench/baselines` with a `requirements.txt`, and the
 * packages whose versions the report lists.
 */
export const VENVS = {
  'fastapi-torch': ['fastapi', 'uvicorn', 'torch', 'torchvision', 'pillow'],
  limits: ['onnxruntime', 'openvino'],
  litserve: ['litserve'],
  bentoml: ['bentoml'],
  mlserver: ['mlserver'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type VenvName = keyof typeof VENVS;

/** The folder of the environment. It ends in a slash. */
export const venvOf = (name: VenvName): string => `${WORK}venv-${name}/`;

export const venvPython = (name: VenvName): string => `${venvOf(name)}bin/python`;

/** Makes the environment, or updates it if the list of pinned versions has changed. */
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

/** Makes the folder for the benchmark's own files, with its own .gitignore. */
async function ensureWorkFolder(): Promise<void> {
  await mkdir(WORK, { recursive: true });
  await writeFile(`${WORK}.gitignore`, '*\n');
}
