import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../system/run.ts';
import { SITE } from './place.ts';

/** Installs the packages of the site, unless those of its lock file are there. */
export async function installSite(): Promise<void> {
  // npm writes it at the end of each installation.
  const installed = await changedAt('node_modules/.package-lock.json');
  if (installed !== undefined && installed >= ((await changedAt('package-lock.json')) ?? 0)) return;
  await run('npm', ['ci'], { cwd: SITE });
}

async function changedAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(join(SITE, path))).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
