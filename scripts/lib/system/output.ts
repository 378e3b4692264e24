import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Standard output of a command, without the space around it. @throws Error with what it wrote to standard error. */
export async function output(command: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(command, args, { maxBuffer: 2 ** 26 });
  return stdout.trim();
}
