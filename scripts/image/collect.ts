import { cp, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { arch } from 'node:process';
import { fileURLToPath } from 'node:url';
import { partsFor } from '../lib/image/parts.ts';

/**
 * Copies what the bundle needs of node_modules on this platform.
 *
 *   node scripts/image/collect.ts TARGET
 */

/** Of use to compilers and debuggers only. Markdown stays: for some packages it is where their licence is. */
const IS_UNUSED = /\.(d\.[cm]?ts|map)$/;

const repository = fileURLToPath(new URL('../..', import.meta.url));
const target = process.argv[2];
if (!target) throw new Error('Expected the folder to copy to.');

let bytes = 0;
for (const [name, ...paths] of partsFor(arch)) {
  for (const path of paths) {
    const to = join(target, 'node_modules', name, path);
    await mkdir(dirname(to), { recursive: true });
    await cp(join(repository, 'node_modules', name, path), to, {
      recursive: true,
      filter: (file) => !IS_UNUSED.test(file),
    });
  }
}
for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
  if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
}
console.log(`${(bytes / 2 ** 20).toFixed(1)} MiB of dependencies`);
