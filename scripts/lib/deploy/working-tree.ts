import { fail, type NamedFinding, ok, warn } from '../findings/finding.ts';
import { run } from '../system/run.ts';

/** What a Git command prints. @throws Error if it fails, as outside a repository */
type Git = (...args: readonly string[]) => Promise<string>;

const runGit: Git = (...args) => run('git', args);

/** The commit that is checked out. */
export const headCommit = (git = runGit): Promise<string> => git('rev-parse', 'HEAD');

/**
 * Whether the templates, which come from the working tree, are those of the image's commit.
 *
 * @param isStrict whether a difference ends the deployment: nobody looks at a warning of a workflow.
 */
export async function checkWorkingTree(
  commit: string,
  isStrict: boolean,
  git = runGit,
): Promise<NamedFinding> {
  const name = 'templates';
  const [head, changes] = await Promise.all([
    headCommit(git),
    git('status', '--porcelain', '--untracked-files=no'),
  ]);
  const different = isStrict ? fail : warn;
  if (head !== commit) {
    const advice = `To deploy the templates of the image too: git checkout ${commit}`;
    return { name, ...different(`the image is of ${commit}, and the templates are of ${head}`, advice) };
  }
  if (changes !== '') {
    const files = changes.split('\n').length;
    return {
      name,
      ...different(`${files} files differ from ${commit}`, 'Commit them, or take the changes back.'),
    };
  }
  return { name, ...ok(`of the image’s commit, ${commit}`) };
}
