import { mkdir, writeFile } from 'node:fs/promises';
import { ensureVenv as ensure, pythonOf } from '../../../scripts/lib/python/venv.ts';
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

export const venvPython = (name: VenvName): string => pythonOf(venvOf(name));

/** Makes the environment, or updates it if the list of pinned versions has changed. */
export function ensureVenv(name: VenvName): Promise<void> {
  const venv = { folder: venvOf(name), requirements: `${BASELINES}${name}/requirements.txt`, python: PYTHON };
  return ensure(venv, async () => {
    console.log(`Installing the Python packages of ${name}`);
    await ensureWorkFolder();
  });
}

/** Makes the folder for the benchmark's own files, with its own .gitignore. */
async function ensureWorkFolder(): Promise<void> {
  await mkdir(WORK, { recursive: true });
  await writeFile(`${WORK}.gitignore`, '*\n');
}
