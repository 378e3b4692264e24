import { exitCodesLine } from '../command/help.ts';
import { textColumns, wrap } from '../command/wrap.ts';
import { MENU, typed } from '../help/menu.ts';
import type { Tool } from './tools.ts';

/** What `npm run NAME -- --help` prints for a script without a command of this repository. */
export function formatToolHelp(script: string, tool: Tool, columns = textColumns()): string {
  const { summary, examples, steps, reader } = tool;
  const does = MENU.map(({ commands }) => commands[script]).find((text) => text !== undefined) ?? '';
  const lines = steps.map((step) => `  ${step.map(quote).join(' ')}`);
  return [
    formatToolUsage(script, tool),
    wrap(`${does.charAt(0).toUpperCase()}${does.slice(1)}. ${summary}`, columns),
    ['Examples:', ...examples.map((args) => `  ${typed(script)}${args && ` -- ${args}`}`)].join('\n'),
    [`It runs${steps.length > 1 ? ', until one fails' : ''}:`, ...lines].join('\n'),
    ...(reader ? [`${reader.name} reads the arguments; ${reader.help} lists its options.`] : []),
    exitCodesLine(),
  ].join('\n\n');
}

export const formatToolUsage = (script: string, { reader }: Tool): string =>
  `Usage: ${typed(script)} -- ${reader ? '[arguments]' : '[--help]'}`;

const quote = (word: string): string => (word.includes(' ') ? `"${word}"` : word);
