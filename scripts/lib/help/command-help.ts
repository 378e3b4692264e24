import { didYouMean } from '../command/did-you-mean.ts';
import { UsageError } from '../command/usage-error.ts';
import { run } from '../system/run.ts';

/** What a script runs that knows its own help, such as `scripts/load.ts` or `scripts/programs/tool.ts test`. */
const WITH_HELP = /\b((?:scripts|bench|test)\/[\w/-]+\.(?:ts|sh))(?: ([\w:]+))?/;

/**
 * The help of one command.
 *
 * @param name as in package.json, such as `model:check`; also as people type it: `npm run model:check`.
 * @param scripts those of package.json.
 * @throws UsageError if there is none of this name.
 */
export async function commandHelp(name: string, scripts: Readonly<Record<string, string>>): Promise<string> {
  const script = name.replace(/^npm (run )?/, '');
  const line = Object.hasOwn(scripts, script) ? scripts[script] : undefined;
  if (line === undefined) {
    const question = didYouMean(script, Object.keys(scripts));
    throw new UsageError(
      `COMMAND: expected one that npm run help lists, got ${name || 'nothing'}${question}`,
    );
  }
  const [, file = '', part] = WITH_HELP.exec(line) ?? [];
  const args = [...(part ? [part] : []), '--help'];
  return file.endsWith('.ts') ? run(process.execPath, [file, ...args]) : run(file, args);
}
