import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../system/run.ts';
import { parseVersion, type Version } from './version.ts';

/** What the history of a clone tells. */
export interface Repository {
  /** Its folder. */
  readonly root: string;
  /** The hash of the commit. @throws Error if there is none. */
  readonly commitOf: (ref: string) => Promise<string>;
  /** Whether main has the commit. */
  readonly isOnMain: (commit: string) => Promise<boolean>;
  /** Whether a file that git knows differs from the commit that is checked out. */
  readonly isChanged: () => Promise<boolean>;
  /** Those of the tags that are v and a version. @throws Error in a shallow clone, which lacks tags. */
  readonly releases: () => Promise<Version[]>;
  /** The file's text in the commit, or undefined if the commit has no such file. */
  readonly fileAt: (ref: string, path: string) => Promise<string | undefined>;
}

export function openRepository(root: string): Repository {
  const git = (...args: string[]) => run('git', args, { cwd: root });
  const succeeds = (...args: string[]) =>
    git(...args).then(
      () => true,
      () => false,
    );
  const commitOf = async (ref: string) => {
    try {
      return await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`);
    } catch (cause) {
      throw new Error(`Expected a commit in this clone, got ${ref}. Fetch it: git fetch origin ${ref}`, {
        cause,
      });
    }
  };
  return {
    root,
    commitOf,
    async isOnMain(commit) {
      // In full: a tag called origin/main or main would come before the branch.
      const remote = 'refs/remotes/origin/main';
      const main = (await succeeds('rev-parse', '--verify', '--quiet', remote)) ? remote : 'refs/heads/main';
      return succeeds('merge-base', '--is-ancestor', commit, main);
    },
    isChanged: async () => !(await succeeds('diff', '--quiet', 'HEAD')),
    async releases() {
      if ((await git('rev-parse', '--is-shallow-repository')) === 'true') {
        throw new Error(
          'Expected a clone with all tags, got a shallow one. Run: git fetch --unshallow --tags',
        );
      }
      const tags = (await git('tag', '--list', 'v*')).split('\n');
      return tags.flatMap((tag) => {
        try {
          return [parseVersion(tag.slice(1), tag)];
        } catch {
          return [];
        }
      });
    },
    async fileAt(ref, path) {
      const commit = await commitOf(ref);
      const exists = await git('ls-tree', '--name-only', commit, '--', path);
      return exists ? `${await git('show', `${commit}:${path}`)}\n` : undefined;
    },
  };
}

/** Calls `use` with the path of a temporary file that has the text. */
export async function withFile<Value>(text: string, use: (path: string) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'openapi-'));
  try {
    const path = join(folder, 'openapi.json');
    await writeFile(path, text);
    return await use(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}
