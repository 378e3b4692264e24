import { posix } from 'node:path';
import type { Page } from './pages.ts';
import type { Topic } from './topics.ts';

export interface SidebarGroup {
  readonly text: string;
  readonly link?: string;
  readonly collapsed?: boolean;
  readonly items: { readonly text: string; readonly link: string }[];
}

/**
 * @param names shorter names than the titles of some pages, by their files.
 * @throws Error if a page is in no topic, in two, or if a topic has a page that does not exist.
 */
export function sidebarOf(
  pages: readonly Page[],
  topics: readonly Topic[],
  names: Readonly<Record<string, string>>,
): SidebarGroup[] {
  const byFile = new Map(pages.map((page) => [page.file, page]));
  const listed = topics.flatMap(({ files }) => files);
  const twice = listed.filter((file, index) => listed.indexOf(file) !== index);
  if (twice.length > 0)
    throw new Error(`Expected each page once in the sidebar, got twice: ${twice.join(', ')}`);
  const unknown = [...listed, ...Object.keys(names)].filter((file) => !byFile.has(file));
  if (unknown.length > 0) throw new Error(`The sidebar has pages that do not exist: ${unknown.join(', ')}`);

  const open = new Set(byFile.keys());
  for (const file of listed) open.delete(file);
  const groups = topics.map(({ title, files, folder, link }) => {
    const inFolder = folder === undefined ? [] : [...open].filter((file) => file.startsWith(`${folder}/`));
    for (const file of inFolder) open.delete(file);
    const items = [...files, ...inFolder].flatMap((file) => byFile.get(file) ?? []);
    return {
      text: title,
      // A group that opens and closes needs a link: without one, the theme puts a button into a button.
      ...(link !== undefined && { link, collapsed: true }),
      items: items.map((page) => itemOf(page, names)),
    };
  });
  if (open.size > 0)
    throw new Error(
      `Expected a topic in site/lib/topics.ts for each page, got none for: ${[...open].join(', ')}`,
    );
  return groups;
}

const itemOf = ({ file, title, route }: Page, names: Readonly<Record<string, string>>) => ({
  text: names[file] ?? title,
  link: `/${posix.join(posix.dirname(route), posix.basename(route, '.md')).replace(/(^|\/)index$/, '$1')}`,
});
