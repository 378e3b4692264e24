import { UsageError } from '../lib/command/usage-error.ts';
import { formatToolHelp, formatToolUsage } from '../lib/tools/help.ts';
import { runTool } from '../lib/tools/run.ts';
import { formatServerHelp, SERVERS, serverUsage } from '../lib/tools/server-help.ts';
import { TOOLS } from '../lib/tools/tools.ts';

/*
 * node scripts/programs/tool.ts SCRIPT [ARGUMENTS]
 *
 * Runs what an npm script runs that has no command of this repository, or prints its help. The scripts that run the
 * service call it with arguments only, which they do not take.
 */
const [script = '', ...args] = process.argv.slice(2);
const wantsHelp = args.length === 1 && /^(--help|-h)$/.test(args[0] ?? '');
const tool = Object.hasOwn(TOOLS, script) ? TOOLS[script] : undefined;
try {
  process.exitCode = await run();
} catch (error) {
  const usage = tool ? formatToolUsage(script, tool) : serverUsage(script);
  console.error((error as Error).message + (error instanceof UsageError ? `\n${usage}` : ''));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function run(): Promise<number> {
  if (wantsHelp) {
    console.log(tool ? formatToolHelp(script, tool) : await formatServerHelp(script));
    return 0;
  }
  if (!tool) {
    if (!Object.hasOwn(SERVERS, script)) throw new UsageError(`Expected an npm script, got ${script}`);
    throw new UsageError(
      `Expected no arguments, got ${args.join(' ')}. Settings go in front: PORT=9000 npm start`,
    );
  }
  if (!tool.reader && args.length > 0) throw new UsageError(`Expected no arguments, got ${args.join(' ')}`);
  await tool.check?.(args);
  return runTool(tool, args);
}
