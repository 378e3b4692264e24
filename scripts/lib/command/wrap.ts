/** Lines of text are easier to read if they are not longer, however wide the terminal is. */
const WIDEST = 110;
const NARROWEST = 40;
/** A meaning with less room stands under its name. */
const LEAST_MEANING = 30;
/** A longer name has a line of its own. */
const LONGEST_NAME = 32;

/** The columns for text on a terminal, or in a file. */
export const textColumns = ({ columns }: { readonly columns?: number } = process.stdout): number =>
  Math.max(NARROWEST, Math.min(WIDEST, columns || WIDEST));

/**
 * Text whose lines have at most `columns` characters, unless a word is longer. An indented line stays on its own, and
 * goes on with two more spaces.
 */
export const wrap = (text: string, columns: number): string =>
  text
    .replaceAll(/(?<=^\S.*)\n(?=\S)/gm, ' ')
    .split('\n')
    .map((line) => {
      const [indent = ''] = /^ */.exec(line) ?? [];
      const filled = fill(line.slice(indent.length), columns - indent.length);
      return indent + filled.join(`\n${indent && `${indent}  `}`);
    })
    .join('\n');

/**
 * Rows of a name and what it means, the meanings below each other. Where they have too little room, each stands under
 * its name.
 */
export function definitions(
  rows: readonly (readonly [name: string, meaning: string])[],
  columns: number,
): string {
  const short = rows.map(([name]) => name.length).filter((length) => length <= LONGEST_NAME);
  const width = Math.max(0, ...short);
  const left = width + 4;
  if (columns - left < LEAST_MEANING) {
    return rows
      .map(([name, meaning]) =>
        [`  ${name}`, ...fill(meaning, columns - 6).map((line) => `      ${line}`)].join('\n'),
      )
      .join('\n');
  }
  const margin = ' '.repeat(left);
  return rows
    .map(([name, meaning]) => {
      const lines = fill(meaning, columns - left).join(`\n${margin}`);
      return name.length > width ? `  ${name}\n${margin}${lines}` : `  ${name.padEnd(width)}  ${lines}`;
    })
    .join('\n');
}

/** The words of a text on lines. */
export function fill(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
