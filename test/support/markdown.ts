import { readRepositoryFile } from './model.ts';

/** A file of the repository, such as a page of the documentation. */
export const readText = (path: string): string => Buffer.from(readRepositoryFile(path)).toString();

/**
 * The cells of the rows of the first table whose header begins with these cells.
 *
 * @param header such as `| Status | Code |`.
 */
export function rowsOf(page: string, header: string): readonly (readonly string[])[] {
  const start = page.indexOf(`\n${header}`);
  if (start < 0) throw new Error(`expected a table with the header ${header}`);
  const [table = ''] = page.slice(start + 1).split('\n\n');
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** What a text has in backticks. */
export const namesIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

export interface CodeBlock {
  readonly language: string;
  readonly code: string;
}

/** The blocks of code of a page, or of the part of it under a heading, in order. @param heading such as `## Token` */
export function codeBlocks(page: string, heading?: string): readonly CodeBlock[] {
  return [...partUnder(page, heading).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', code = '']) => ({ language, code }),
  );
}

function partUnder(page: string, heading: string | undefined): string {
  if (heading === undefined) return page;
  const start = page.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`expected the heading ${heading}`);
  const level = heading.indexOf(' ');
  // Comments of programs begin with # too, but only one.
  const rest = page.slice(start + heading.length + 2);
  const end = rest.search(new RegExp(`^#{2,${level}} `, 'm'));
  return end < 0 ? rest : rest.slice(0, end);
}
