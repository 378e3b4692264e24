import { UsageError } from '../command/usage-error.ts';
import { run } from '../system/run.ts';
import { MENU, typed } from './menu.ts';

/** The file of a command that this repository has, at the end of its npm script. */
const OWN_FILE = /(?:^|\s)((?:scripts|bench|test)\/[\w/-]+\.(?:ts|sh))$/;

/**
 * The help of one command: its own, or what it does and runs if another tool reads its arguments.
 *
 * @param name as in package.json, such as `model:check`; also as people type it: `npm run model:check`.
 * @param scripts those of package.json.
 * @throws UsageError if there is none of this name.
 */
export async function commandHelp(name: string, scripts: Readonly<Record<string, string>>): Promise<string> {
  const script = name.replace(/^npm (run )?/, '');
  const line = Object.hasOwn(scripts, script) ? scripts[script] : undefined;
  const does = MENU.map(({ commands }) => commands[script]).find((text) => text !== undefined);
  if (line === undefined || does === undefined) {
    throw new UsageError(`COMMAND: expected one that npm run help lists, got ${name}`);
  }
  const [, file] = OWN_FILE.exec(line) ?? [];
  if (file?.endsWith('.ts')) return run(process.execPath, [file, '--help']);
  if (file) return run(file, ['--help']);
  // A shell hands the arguments only to the last of several programs.
  const passes = /&&|\|\|/.test(line) ? '' : `\nWhat follows -- goes to it: ${typed(script)} -- --help`;
  return `${typed(script)} ${does}.\n\nIt runs: ${line}${passes}`;
}
