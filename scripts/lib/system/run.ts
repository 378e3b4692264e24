import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { REPOSITORY } from '../paths.ts';
import { installAdvice } from '../setup/blocks.ts';

interface Failure {
  readonly code?: number | string;
  readonly stderr?: string;
  readonly syscall?: string;
}

/**
 * Runs a program in the folder of the repository.
 *
 * @param options.cwd another folder.
 * @param options.env instead of this process's environment.
 * @returns its standard output, trimmed.
 * @throws Error that says what to install, if there is no such program; otherwise an Error whose first line has the
 * exit code and the last line of standard error, and all of standard error follows.
 */
export async function run(
  program: string,
  args: readonly string[] = [],
  options: { readonly signal?: AbortSignal; readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      cwd: REPOSITORY,
      maxBuffer: 2 ** 26,
      ...options,
    });
    return stdout.trim();
  } catch (cause) {
    const { code, stderr = '', syscall } = cause as Failure;
    if (code === 'ENOENT' && syscall === `spawn ${program}`) {
      throw new Error(`${program} is not installed. ${installAdvice(program)}`, { cause });
    }
    const all = stderr.trim();
    const command = [program, ...args].join(' ').slice(0, 200);
    throw new Error(`${command}: expected exit code 0, got ${code}: ${all.split('\n').at(-1)}\n${all}`, {
      cause,
    });
  }
}
