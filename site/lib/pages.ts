import { posix } from 'node:path';
import { readRepositoryText, repositoryFiles } from './files.ts';

/** A Markdown file that is a page of the site. */
export interface Page {
  /** Its path in the repository, such as `docs/api.md`. */
  readonly file: string;
  /** Its path in the site, such as `api.md`. */
  readonly route: string;
  /** Its first heading. */
  readonly title: string;
}

/** Everything that the documentation links. Folders that begin with a dot cannot be pages of VitePress. */
const PATTERNS = ['*.md', 'docs/**/*.md', 'examples/**/README.md', 'models/**/README.md'].map(
  (pattern) => `:(glob)${pattern}`,
);

export const HOME = 'docs/README.md';

export function readPages(): readonly Page[] {
  return repositoryFiles(...PATTERNS).map((file) => ({
    file,
    route: routeOf(file),
    title: titleOf(readRepositoryText(file), file),
  }));
}

/**
 * `docs/` is the root of the site, and a README is the index of its folder. The files at the top of the repository
 * are in `project/`, because two of them have the name of another page.
 */
export function routeOf(file: string): string {
  const inFolder =
    posix.dirname(file) === '.' ? `project/${file.toLowerCase()}` : file.replace(/^docs\//, '');
  return inFolder.replace(/(^|\/)README\.md$/, '$1index.md');
}

function titleOf(text: string, file: string): string {
  const [, title] = /^# (.+)$/m.exec(text) ?? [];
  if (title === undefined) throw new Error(`${file}: expected a heading of the first level, got none`);
  return title.replaceAll('`', '');
}
