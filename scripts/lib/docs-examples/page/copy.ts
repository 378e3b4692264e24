import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { REPOSITORY } from '../../paths.ts';
import { run } from '../../system/run.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary-folder.ts';

/**
 * A clone as a reader has it after `npm ci`, but with the files of the working tree, so that a page can be tried before it
 * is committed. It shares the packages, which no block may change.
 *
 * @param files those of the working tree, from the folder of the repository.
 */
export async function copyRepository(files: readonly string[]): Promise<TemporaryFolder> {
  const folder = await temporaryFolder('docs-examples-');
  await run('git', ['clone', '--quiet', '--shared', '--no-checkout', REPOSITORY, folder.path]);
  await run('git', ['reset', '--quiet'], { cwd: folder.path });
  for (const parent of new Set(files.map(dirname)))
    await mkdir(join(folder.path, parent), { recursive: true });
  await Promise.all(files.map((file) => copyFile(REPOSITORY + file, join(folder.path, file))));
  await symlink(`${REPOSITORY}node_modules`, join(folder.path, 'node_modules'));
  return folder;
}
