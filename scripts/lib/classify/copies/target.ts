import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { UsageError } from '../../command/usage-error.ts';

const LABEL = '{label}';

/**
 * The folder of `DIR/{label}`.
 *
 * @param folders of photos. In one of them, the next run would find the copies.
 * @throws UsageError
 */
export function copyTarget(template: string, folders: readonly string[]): string {
  const directory = dirname(template);
  if (basename(template) !== LABEL || directory.includes(LABEL)) {
    throw new UsageError(`--copy-to: expected DIR/${LABEL}, got ${template}`);
  }
  const around = folders.find((folder) => isInside(realPath(directory), realPath(folder)));
  if (around !== undefined) {
    throw new UsageError(`--copy-to: expected a folder outside of ${around}, got ${directory}`);
  }
  return directory;
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && resolve(way) !== way);
}

/** Without symbolic links, even for a folder that does not exist yet. */
function realPath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(realPath(parent), basename(absolute));
  }
}
