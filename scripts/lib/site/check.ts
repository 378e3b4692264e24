import { readdir, readFile } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { type PageLinks, readPageLinks } from './html.ts';

export interface SiteReport {
  readonly pages: number;
  readonly links: number;
  /** What is wrong, in sentences. */
  readonly findings: readonly string[];
}

/**
 * Checks a built site: links lead to files and headings that exist, and pages load nothing from another host.
 *
 * @param folder where the site is.
 * @param base the path under which it will be served, with a slash at both ends.
 */
export async function checkSite(folder: string, base: string): Promise<SiteReport> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Set(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/')),
  );
  const paths = [...files].filter((file) => file.endsWith('.html')).sort();
  const pages = new Map<string, PageLinks>();
  for (const path of paths) pages.set(path, readPageLinks(await readFile(join(folder, path), 'utf8')));

  const targetOf = (from: string, link: string) =>
    findTarget(files, new URL(link, `http://site${base}${from}`), base);

  const findings: string[] = [];
  let links = 0;
  for (const [path, page] of pages) {
    for (const link of page.links.filter((href) => !/^[a-z][a-z\d+.-]*:/i.test(href))) {
      links++;
      const target = targetOf(path, link);
      const [, anchor = ''] = /#(.*)$/.exec(link) ?? [];
      if (target === undefined) findings.push(`${path}: the link to ${link} leads to no file`);
      else if (anchor !== '' && !pages.get(target)?.ids.has(decodeURIComponent(anchor)))
        findings.push(`${path}: the link to ${link} leads to no heading`);
    }
    for (const resource of page.resources.filter((url) => !url.startsWith('data:'))) {
      if (/^(https?:)?\/\//.test(resource))
        findings.push(`${path}: expected a file of the site, got ${resource}`);
      else if (targetOf(path, resource) === undefined) findings.push(`${path}: ${resource} does not exist`);
    }
  }
  for (const path of [...files].filter((file) => file.endsWith('.css'))) {
    const [foreign] =
      /(?:url\(|@import )["']?(?:https?:)?\/\/[^"')]+/.exec(await readFile(join(folder, path), 'utf8')) ?? [];
    if (foreign !== undefined) findings.push(`${path}: expected files of the site, got ${foreign}`);
  }
  return { pages: paths.length, links, findings: [...new Set(findings)] };
}

function findTarget(files: ReadonlySet<string>, { pathname }: URL, base: string): string | undefined {
  const path = decodeURIComponent(pathname);
  if (!path.startsWith(base)) return undefined;
  const name = path.slice(base.length);
  return [name, posix.join(name, 'index.html')].find((candidate) => files.has(candidate));
}
