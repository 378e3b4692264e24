import type { Command, Options } from './command.ts';
import type { Option } from './options.ts';
import { definitions, textColumns, wrap } from './wrap.ts';

type Described = Omit<Command<Options, Options>, 'explain'>;

const HELP: Option<boolean> = {
  kind: 'flag',
  help: 'prints this text',
  placeholder: '',
  isRequired: false,
  shownDefault: undefined,
  read: () => true,
};

/** One line: the command, its arguments and its required options. */
export function formatUsage({ name, options = {}, positionals = {} }: Described): string {
  const args = Object.entries(positionals).map(([key, { isRequired, kind }]) => {
    const shown = kind === 'rest' ? `${key.toUpperCase()}...` : key.toUpperCase();
    return isRequired ? shown : `[${shown}]`;
  });
  const required = Object.entries(options)
    .filter(([, { isRequired }]) => isRequired)
    .map(([key, option]) => optionText(key, option));
  const hasMore = Object.values(options).some(({ isRequired }) => !isRequired);
  return `Usage: ${[name, ...args, ...required, hasMore ? '[options]' : '[--help]'].join(' ')}`;
}

/** Where to read more than the usage. */
export const formatHint = ({ name }: Pick<Described, 'name'>): string => `${name} --help has examples.`;

/** What `--help` prints. @param columns the widest line. */
export function formatHelp(command: Described, columns = textColumns()): string {
  const { name, summary, examples = [], options = {}, positionals = {}, exitCodes } = command;
  const rows = [
    ...Object.entries(positionals).map(([key, option]) => [key.toUpperCase(), describe(option)] as const),
    ...Object.entries({ ...options, help: HELP }).map(
      ([key, option]) => [optionText(key, option), describe(option)] as const,
    ),
  ];
  return [
    formatUsage(command),
    wrap(summary, columns),
    ...(examples.length > 0
      ? [['Examples:', ...examples.map((args) => exampleLine(name, args))].join('\n')]
      : []),
    definitions(rows, columns),
    wrap(exitCodesLine(exitCodes), columns),
  ].join('\n\n');
}

/** The codes that every command has. docs/commands.md says more. */
export const exitCodesLine = ({ success, failure } = { success: 'done', failure: 'failed' }): string =>
  `Exit codes: 0 ${success}; 1 ${failure}; 2 wrong usage; 130 interrupted`;

/** Without arguments, npm needs no `--`. */
const exampleLine = (name: string, args: string): string =>
  `  ${args === '' ? name.replace(/ --$/, '') : `${name} ${args}`}`;

const optionText = (name: string, { kind, placeholder }: Option<unknown>): string =>
  kind === 'flag' ? `--${name}` : `--${name} ${placeholder}`;

const describe = ({ help, shownDefault }: Option<unknown>): string =>
  shownDefault === undefined ? help : `${help} (default: ${shownDefault})`;
