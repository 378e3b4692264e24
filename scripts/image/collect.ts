import { cp, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { arch } from 'node:process';
import { runCommand } from '../lib/command/command.ts';
import { text } from '../lib/command/options.ts';
import { partsFor } from '../lib/image/parts.ts';
import { REPOSITORY } from '../lib/paths.ts';

/** Only compilers and debuggers use these. Markdown stays, because some packages have their licence in it. */
const IS_UNUSED = /\.(d\.[cm]?ts|map)$/;

await runCommand(
  {
    name: 'node scripts/image/collect.ts',
    summary:
      'Copies the parts of node_modules that the bundle needs on this platform. A step of the Dockerfile.',
    examples: ['/var/task'],
    positionals: { target: text('FOLDER', { help: 'where to copy them', required: true }) },
  },
  async ({ target }) => {
    for (const [name, ...paths] of partsFor(arch)) {
      for (const path of paths) {
        const to = join(target, 'node_modules', name, path);
        await mkdir(dirname(to), { recursive: true });
        await cp(join(REPOSITORY, 'node_modules', name, path), to, {
          recursive: true,
          filter: (file) => !IS_UNUSED.test(file),
        });
      }
    }
    console.log(`${((await bytesOf(target)) / 2 ** 20).toFixed(1)} MiB of dependencies`);
    return 0;
  },
);

async function bytesOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}
