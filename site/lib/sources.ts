import { statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { readRepositoryText, repositoryFiles } from './files.ts';
import type { Page } from './pages.ts';
import { REPOSITORY } from './repository.ts';
import { resolveLink } from './resolve-link.ts';

/** What pages link and is no page itself. */
export type Source =
  /** Shown as code. */
  | { readonly kind: 'text'; readonly text: string }
  /** Markdown outside the folders with pages. */
  | { readonly kind: 'markdown'; readonly text: string }
  | { readonly kind: 'folder'; readonly files: readonly string[]; readonly folders: readonly string[] }
  /** Served as it is. */
  | { readonly kind: 'file' };

/** Longer files are slow to colour and to scroll. */
const MOST_SHOWN_BYTES = 100_000;

/**
 * The name of the page that shows a source: without a second `.md`, which VitePress would drop from links, and without
 * folders that begin with a dot, which some hosts do not serve.
 */
export const sourceName = (path: string): string => path.replace(/\.md$/, '').replaceAll(/(^|\/)\./g, '$1');

export const sourceRoute = (path: string): string => `source/${sourceName(path)}.md`;

/** The sources that the pages link, and those that these link in turn, by their paths. */
export function readSources(pages: readonly Page[]): ReadonlyMap<string, Source> {
  const files = new Set(repositoryFiles());
  const isPage = new Set(pages.map(({ file }) => file));
  const sources = new Map<string, Source>();
  const open = pages.flatMap(({ file }) => linkedFrom(file, readRepositoryText(file)));
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (sources.has(path) || isPage.has(path) || isPage.has(posix.join(path, 'README.md'))) continue;
    const source = readSource(path, files);
    if (source === undefined) continue;
    sources.set(path, source);
    if (source.kind === 'markdown') open.push(...linkedFrom(path, source.text));
    if (source.kind === 'folder') open.push(...source.files.map((name) => posix.join(path, name)));
  }
  return sources;
}

function readSource(path: string, files: ReadonlySet<string>): Source | undefined {
  if (!files.has(path)) return readFolder(path, files);
  if (statSync(join(REPOSITORY, path)).size > MOST_SHOWN_BYTES) return { kind: 'file' };
  const text = readRepositoryText(path);
  if (text.includes('\0')) return { kind: 'file' };
  return { kind: path.endsWith('.md') ? 'markdown' : 'text', text };
}

function readFolder(path: string, all: ReadonlySet<string>): Source | undefined {
  const inside = [...all]
    .filter((file) => file.startsWith(`${path}/`))
    .map((file) => file.slice(path.length + 1));
  if (inside.length === 0) return undefined;
  const folders = new Set(
    inside.filter((name) => name.includes('/')).map((name) => name.split('/')[0] ?? ''),
  );
  return { kind: 'folder', files: inside.filter((name) => !name.includes('/')), folders: [...folders] };
}

/** The paths in the repository that a Markdown text links, outside its code. */
function linkedFrom(file: string, text: string): readonly string[] {
  const prose = text.replace(/^ *```[\s\S]*?^ *```/gm, '').replace(/`[^`\n]+`/g, '');
  return [...prose.matchAll(/(?<!!\[[^\]\n]*)\]\(([^()\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)]
    .map(([, inline, reference]) => inline ?? reference ?? '')
    .filter((href) => !/^([a-z][a-z\d+.-]*:|#)/i.test(href))
    .map((href) => resolveLink(file, href).path);
}
