import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { REPOSITORY } from '../paths.ts';

/**
 * Runs a program in the folder of the repository.
 *
 * @returns its standard output, trimmed.
 * @throws Error with what it wrote to standard error.
 */
export async function run(
  program: string,
  args: readonly string[] = [],
  options: { readonly signal?: AbortSignal } = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, {
    cwd: REPOSITORY,
    maxBuffer: 2 ** 26,
    ...options,
  });
  return stdout.trim();
}
