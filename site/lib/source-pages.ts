import { posix } from 'node:path';
import type { Page } from './pages.ts';
import { type Source, sourceName } from './sources.ts';

/** What VitePress makes a page of. */
interface SourcePage {
  readonly params: { readonly path: string };
  readonly content: string;
}

/** The pages that show sources, in Markdown. */
export function sourcePages(sources: ReadonlyMap<string, Source>, pages: readonly Page[]): SourcePage[] {
  const titles = new Map(pages.map(({ file, title }) => [file, title]));
  return [...sources].flatMap(([path, source]) => {
    const content = contentOf(path, source, titles);
    return content === undefined ? [] : [{ params: { path: sourceName(path) }, content }];
  });
}

function contentOf(path: string, source: Source, titles: ReadonlyMap<string, string>): string | undefined {
  switch (source.kind) {
    case 'file':
      return undefined;
    case 'markdown':
      return source.text;
    case 'text':
      return `# ${path}\n\n${fenced(source.text, languageOf(path))}`;
    case 'folder': {
      const name = posix.basename(path);
      const files = source.files.map(
        (file) => `- [${titles.get(posix.join(path, file)) ?? file}](${name}/${file})`,
      );
      const folders = source.folders.map((folder) => `- ${folder}/`);
      return [`# ${path}/`, '', ...folders, ...files].join('\n');
    }
  }
}

function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/^ *(`{3,})/gm)].map(([, ticks = '']) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}\n`;
}

/** Where the name of a language is not that of its files. */
const LANGUAGES: Readonly<Record<string, string>> = { '': 'text', '.mjs': 'js', '.svg': 'xml' };

function languageOf(path: string): string {
  const extension = posix.extname(path);
  return LANGUAGES[extension] ?? extension.slice(1);
}
