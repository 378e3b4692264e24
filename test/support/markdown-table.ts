/**
 * The cells of a table of a Markdown document, row by row, without its header.
 *
 * @param header how the line of the header begins.
 * @throws Error if there is no such table.
 */
export function tableOf(document: string, header: string): readonly (readonly string[])[] {
  const start = document.indexOf(`\n${header}`);
  if (start < 0) throw new Error(`expected a table that begins with ${header}`);
  const [table = ''] = document.slice(start + 1).split('\n\n');
  return table
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** What stands in backticks. */
export const quotedIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
