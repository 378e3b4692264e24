import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from '../paths.ts';
import { run } from '../system/run.ts';

/** The code of another commit, with its packages, in a folder that is removed at the end of its scope. */
export interface Checkout extends Disposable {
  /** Ends in a slash. */
  readonly repository: string;
  /** The short hash. */
  readonly commit: string;
}

/**
 * Checks out a commit. It shares the packages of this repository if both have the same lock file.
 *
 * @param ref a branch, a tag or a hash.
 * @throws Error in one line if git does not know it, or if its packages cannot be installed.
 */
export async function checkOut(ref: string): Promise<Checkout> {
  const commit = await run('git', ['rev-parse', '--verify', '--short', `${ref}^{commit}`]).catch((cause) => {
    throw new Error(`Expected a commit in this clone, got ${ref}. Fetch it: git fetch origin ${ref}`, {
      cause,
    });
  });
  const folder = await mkdtemp(join(tmpdir(), 'checkout-'));
  await run('git', ['worktree', 'add', '--detach', folder, commit]);
  const remove = () => {
    execFileSync('git', ['worktree', 'remove', '--force', folder], { cwd: REPOSITORY });
  };
  // Also if the command is interrupted.
  process.once('exit', remove);
  const dispose = () => {
    process.off('exit', remove);
    remove();
  };
  try {
    await installPackages(folder);
  } catch (error) {
    dispose();
    throw error;
  }
  return { repository: `${folder}/`, commit, [Symbol.dispose]: dispose };
}

async function installPackages(folder: string): Promise<void> {
  const lockOf = (repository: string) => readFile(join(repository, 'package-lock.json'), 'utf8');
  if ((await lockOf(folder)) === (await lockOf(REPOSITORY)))
    await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  else await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
}
