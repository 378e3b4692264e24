import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import type { Command, Options } from '../../../scripts/lib/command/command.ts';
import type { Option } from '../../../scripts/lib/command/options.ts';
import { readArguments } from '../../../scripts/lib/command/read-arguments.ts';
import { readPages } from '../../../scripts/lib/docs-examples/pages.ts';
import { commandsIn, type Words } from '../../../scripts/lib/docs-examples/shell/commands.ts';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';

type Definition = Command<Options, Options>;

const recorded = vi.hoisted(() => ({ last: undefined as unknown }));
vi.mock('../../../scripts/lib/command/command.ts', () => ({
  runCommand: async (command: unknown) => {
    recorded.last = command;
  },
}));

const { scripts } = JSON.parse(readFileSync(`${REPOSITORY}package.json`, 'utf8')) as {
  scripts: Record<string, string>;
};

const definitions = new Map<string, Promise<Definition>>();
function definitionOf(file: string): Promise<Definition> {
  const known = definitions.get(file);
  if (known) return known;
  const loaded = (async () => {
    await import(`${REPOSITORY}${file}`);
    return recorded.last as Definition;
  })();
  definitions.set(file, loaded);
  return loaded;
}

/** The file at the end of an npm script. */
const OWN_FILE = /(?:^|\s)((?:scripts|bench|test)\/[\w/-]+\.(?:ts|sh))$/;

interface Call {
  /** The file that npm or the reader starts. */
  readonly file: string;
  readonly args: Words;
}

/**
 * The call of a command of this repository, if the words are one.
 *
 * @param at where they stand.
 * @param problems gets what npm would not pass on.
 */
function callsIn(at: string, words: Words, problems: string[]): readonly Call[] {
  const [program = '', ...rest] = words.slice(words.findIndex((word) => !/^\w+=/.test(word)));
  if (program === 'node' || program.startsWith('scripts/')) {
    const [file = '', ...args] = program === 'node' ? rest : [program, ...rest];
    return /^(scripts|bench)\/[\w/-]+\.(ts|sh)$/.test(file) ? [{ file, args }] : [];
  }
  const [run, name = '', ...more] = rest.filter((word) => word !== '--silent' && word !== '-s');
  if (program !== 'npm' || run !== 'run') return [];
  const separator = more.indexOf('--');
  const before = separator === -1 ? more : more.slice(0, separator);
  if (before.length > 0) problems.push(`${at}: expected -- before ${before.join(' ')}, for npm run ${name}`);
  const [, file] = OWN_FILE.exec(scripts[name] ?? '') ?? [];
  return file && separator !== -1 ? [{ file, args: more.slice(separator + 1) }] : [];
}

/** Stands for a value that the reader has. */
const isPlaceholder = (value: string) => /[$…]|\b[A-Z][A-Z_-]+\b|^[A-Z]$/.test(value);

/** Takes a placeholder for any value. */
function lenient<Value>(option: Option<Value>): Option<Value | undefined> {
  return {
    ...option,
    read: (name, given, others) =>
      [given ?? '', ...others].some(isPlaceholder) ? undefined : option.read(name, given, others),
  };
}

const allLenient = (options: Options = {}): Options =>
  Object.fromEntries(Object.entries(options).map(([name, option]) => [name, lenient(option)]));

/** What a command would say about its arguments. */
async function complaintAbout({ file, args }: Call): Promise<string | undefined> {
  if (file.endsWith('.sh') || args.includes('--help')) return unknownOption({ file, args });
  const { options, positionals } = await definitionOf(file);
  try {
    readArguments({ options: allLenient(options), positionals: allLenient(positionals) }, args);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** An option that a command does not have. */
async function unknownOption({ file, args }: Pick<Call, 'file' | 'args'>): Promise<string | undefined> {
  const names = args.flatMap((arg) => /^--([\w-]+)/.exec(arg)?.[1] ?? []);
  const known = file.endsWith('.sh')
    ? spawnSync(`${REPOSITORY}${file}`, ['--help'], { encoding: 'utf8' }).stdout.match(/(?<=--)[\w-]+/g)
    : [...Object.keys((await definitionOf(file)).options ?? {}), 'help'];
  const unknown = names.find((name) => !known?.includes(name));
  return unknown && `expected one of ${known}, got --${unknown}`;
}

const pages = await readPages();

test.each(pages)('the blocks of $path call our commands as they must be called', async ({ path, blocks }) => {
  const problems: string[] = [];
  for (const { line, code } of blocks.filter(({ language }) => language === 'sh')) {
    for (const call of commandsIn(code).flatMap((words) => callsIn(`${path}:${line}`, words, problems))) {
      const wrong = await complaintAbout(call);
      if (wrong !== undefined)
        problems.push(`${path}:${line}: ${call.file} ${call.args.join(' ')}: ${wrong}`);
    }
  }
  expect(problems).toEqual([]);
});

test.each(pages)('the sentences of $path name options that our commands have', async ({ path }) => {
  const problems: string[] = [];
  const prose = readFileSync(REPOSITORY + path, 'utf8').replace(/^[ >]*(`{3,})[\s\S]*?^[ >]*\1$/gm, '');
  for (const [, command = ''] of prose.matchAll(/`(npm run [^`]+)`/g)) {
    for (const call of commandsIn(command).flatMap((words) => callsIn(path, words, problems))) {
      const wrong = await unknownOption(call);
      if (wrong !== undefined) problems.push(`${path}: ${command}: ${wrong}`);
    }
  }
  expect(problems).toEqual([]);
});
