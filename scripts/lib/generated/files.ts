import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Generated {
  /** The folder that the paths are seen from. */
  readonly root: string;
  /** Whether to write nothing and to compare instead. */
  readonly check: boolean;
  /** What they are made of, as in "the routes make". */
  readonly source: string;
  /** What makes them anew. */
  readonly command: string;
}

/**
 * Writes files that a program makes, by their paths, or with `check` names each that is not what it would write.
 *
 * @returns the exit code: 1 where one differs.
 */
export async function writeGenerated(
  files: Iterable<readonly [path: string, content: string]>,
  { root, check, source, command }: Generated,
): Promise<number> {
  let code = 0;
  for (const [path, content] of files) {
    const file = join(root, path);
    if (!check) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    } else if ((await readFile(file, 'utf8').catch(() => '')) !== content) {
      console.error(`${path} is not what ${source}. Run: ${command}`);
      code = 1;
    }
  }
  return code;
}
