import { styleText } from 'node:util';
import { definitions, textColumns, wrap } from '../command/wrap.ts';
import { FIRST, type Group, MENU, typed } from './menu.ts';

/** The commands that a newcomer needs first, by the person who needs them, and where the others are. */
export const formatFirstCommands = (output: NodeJS.WriteStream = process.stdout): string => {
  const groups = MENU.map(({ title, commands }) => ({
    title,
    commands: Object.fromEntries(Object.entries(commands).filter(([script]) => FIRST.includes(script))),
  }));
  const total = MENU.reduce((sum, { commands }) => sum + Object.keys(commands).length, 0);
  return formatGroups(
    groups.filter(({ commands }) => Object.keys(commands).length > 0),
    output,
    [
      `npm run help -- --all lists all ${total} commands.`,
      'npm run help -- deploy prints what one of them takes, with examples.',
      'docs/README.md is the table of contents of the documentation.',
    ],
  );
};

/** All commands by the person who needs them. */
export const formatMenu = (output: NodeJS.WriteStream = process.stdout): string =>
  formatGroups(MENU, output, ['npm run help -- deploy prints what one of them takes, with examples.']);

function formatGroups(
  groups: readonly Group[],
  output: NodeJS.WriteStream,
  notes: readonly string[],
): string {
  const columns = textColumns(output);
  // One table, so that the columns of all groups have the same width.
  const rows = groups.flatMap(({ commands }) =>
    Object.entries(commands).map(([script, does]) => [typed(script), does] as const),
  );
  const entries = definitions(rows, columns).split(/\n(?= {2}\S)/);
  const sections = groups.map(({ title, commands }) => {
    const own = entries.splice(0, Object.keys(commands).length);
    return [
      styleText('bold', title, { stream: output }),
      ...own.map((entry) => coloured(entry, output)),
    ].join('\n');
  });
  return [...sections, notes.map((note) => wrap(note, columns)).join('\n')].join('\n\n');
}

const coloured = (entry: string, stream: NodeJS.WriteStream): string =>
  entry.replace(
    /^ {2}(npm (?:run )?\S+)/,
    (_, command: string) => `  ${styleText('cyan', command, { stream })}`,
  );
