import { alignColumns } from '../command/columns.ts';
import { MENU, typed } from './menu.ts';

/** All commands by the person who needs them, one line each. */
export function formatMenu(): string {
  // One table, so that the columns of all groups have the same width.
  const rows = MENU.flatMap(({ commands }) =>
    Object.entries(commands).map(([script, does]) => [`  ${typed(script)}`, does]),
  );
  const lines = alignColumns(rows).split('\n');
  const groups = MENU.map(({ title, commands }) => {
    const own = lines.splice(0, Object.keys(commands).length);
    return [title, ...own].join('\n');
  });
  return [...groups, 'npm run help -- COMMAND prints what one of them takes, with examples.'].join('\n\n');
}
