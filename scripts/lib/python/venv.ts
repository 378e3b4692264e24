import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../system/run.ts';

export interface Venv {
  /** Where the virtual environment is made. */
  readonly folder: string;
  /** The list of pinned packages. */
  readonly requirements: string;
  /** The program that makes it, such as `python3.11`. */
  readonly python: string;
}

export const pythonOf = (folder: string): string => join(folder, 'bin', 'python');

/**
 * Makes the environment, or updates it if the list of pinned versions has changed.
 *
 * @param onInstall is called before packages are installed, which takes a while.
 */
export async function ensureVenv(
  { folder, requirements, python }: Venv,
  onInstall: () => Promise<void> | void = () => {},
): Promise<void> {
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const marker = join(folder, 'requirements.sha256');
  if ((await readFile(marker, 'utf8').catch(() => '')) === wanted) return;
  await onInstall();
  await mkdir(dirname(folder), { recursive: true });
  await run(python, ['-m', 'venv', folder]);
  await run(pythonOf(folder), ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
  await writeFile(marker, wanted);
}
