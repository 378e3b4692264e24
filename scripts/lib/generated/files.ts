import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { flag } from '../command/options.ts';
import { REPOSITORY } from '../paths.ts';

/** `--check`, for the commands that write generated files. */
export const checkOption = flag('writes nothing; fails if a file is out of date');

export interface Generated {
  /** Whether to compare instead of writing. */
  readonly check: boolean;
  /** What the files are made from, such as "the routes". */
  readonly source: string;
  /** What writes the files. */
  readonly command: string;
  /** The folder that the paths start from. @default the repository */
  readonly root?: string;
}

/**
 * Writes generated files, or with `check` names each one that is out of date.
 *
 * @returns the exit code: 1 if a file is out of date.
 */
export async function writeGenerated(
  files: Iterable<readonly [path: string, content: string]>,
  { check, source, command, root = REPOSITORY }: Generated,
): Promise<0 | 1> {
  let code: 0 | 1 = 0;
  for (const [path, content] of files) {
    const file = join(root, path);
    if (!check) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    } else if ((await readFile(file, 'utf8').catch(() => '')) !== content) {
      console.error(`${path} is out of date with ${source}. Run: ${command}`);
      code = 1;
    }
  }
  return code;
}
