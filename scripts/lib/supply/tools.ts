import { join } from 'node:path';
import { startActivity } from '../command/activity.ts';
import { run } from '../system/run.ts';

export type Tool = 'cosign' | 'crane' | 'oras' | 'syft';

const found = new Map<Tool, Promise<string>>();

/** The path of a tool in its pinned version. Compiles it if necessary, which can take minutes. */
function pathOf(tool: Tool): Promise<string> {
  const path = found.get(tool) ?? run('scripts/dev/go-tools.sh', [tool]).then((folder) => join(folder, tool));
  found.set(tool, path);
  return path;
}

/** Milliseconds for what reads or writes a few kilobytes. The tools themselves wait for a silent registry forever. */
const SHORT_MS = 5 * 60_000;
/** Milliseconds for what moves or reads a whole image, about 0.2 GB: the slowest line that this allows has 1.5 Mbit/s. */
export const LONG_MS = 20 * 60_000;

/**
 * Runs a tool.
 *
 * @param env added to the environment of this process.
 * @param limitMs milliseconds.
 * @returns its standard output.
 * @throws Error with the last line that it wrote to standard error, or if it has not ended in time.
 */
export async function runTool(
  tool: Tool,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  limitMs = SHORT_MS,
): Promise<string> {
  using _shown = startActivity(`Running ${tool}`);
  const path = await pathOf(tool);
  const signal = AbortSignal.timeout(limitMs);
  try {
    return await run(path, args, { env: { ...process.env, ...env }, signal });
  } catch (error) {
    if (signal.aborted) {
      const command = [tool, ...args].join(' ').slice(0, 200);
      throw new Error(`${command}: expected an end within ${limitMs / 60_000} minutes, got none`);
    }
    throw error instanceof Error ? new Error(withoutQueries(error.message.replace(path, tool))) : error;
  }
}

/** ECR redirects to addresses whose query is a signature: whoever reads one can download a layer for a while. */
const withoutQueries = (text: string): string => text.replaceAll(/(https?:\/\/[^\s"'?]+)\?[^\s"']*/g, '$1?…');

/** What a tool said when it failed, without the command that was run. */
export function reasonOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line
    .replace(/^.*: expected exit code 0, got [^:]*: /, '')
    .replace(/^error during command execution: /i, '')
    .replace(/^Error: /, '')
    .replace(/:\s*$/, '');
}
