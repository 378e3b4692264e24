import { join } from 'node:path';
import { run } from '../system/run.ts';

export type Tool = 'cosign' | 'crane' | 'oras' | 'syft';

const found = new Map<Tool, Promise<string>>();

/** The path of a tool in its pinned version. Compiles it if necessary, which can take minutes. */
function pathOf(tool: Tool): Promise<string> {
  const path = found.get(tool) ?? run('scripts/dev/go-tools.sh', [tool]).then((folder) => join(folder, tool));
  found.set(tool, path);
  return path;
}

/**
 * Runs a tool.
 *
 * @param env added to the environment of this process.
 * @returns its standard output.
 * @throws Error with the last line that it wrote to standard error.
 */
export async function runTool(
  tool: Tool,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  return run(await pathOf(tool), args, { env: { ...process.env, ...env } });
}

/** What a tool said when it failed, without the command that was run. */
export function reasonOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line
    .replace(/^.*: expected exit code 0, got [^:]*: /, '')
    .replace(/^error during command execution: /i, '')
    .replace(/^Error: /, '')
    .replace(/:\s*$/, '');
}
