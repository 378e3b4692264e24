import { posix } from 'node:path';
import type { SiteOptions } from './options.ts';
import type { Page } from './pages.ts';
import { resolveLink } from './resolve-link.ts';
import { type Source, sourceRoute } from './sources.ts';

/** Where a link of a page leads in the site. */
export type Destination =
  | { readonly kind: 'external' | 'anchor' }
  /** `title` is that of the page. */
  | { readonly kind: 'url'; readonly url: string; readonly title?: string }
  /** A file as it is, which the browser opens or saves. */
  | { readonly kind: 'download'; readonly url: string }
  /** It leads to a page of the repository on GitHub, and the site does not know its address. */
  | { readonly kind: 'none' };

export interface LinkTargets {
  readonly pages: readonly Page[];
  readonly sources: ReadonlyMap<string, Source>;
  readonly options: SiteOptions;
}

export interface Links {
  /**
   * @param from the file of the page with the link, such as `docs/api.md`.
   * @param href what the link says.
   * @throws Error if it leads to a file that does not exist.
   */
  readonly destinationOf: (from: string, href: string) => Destination;
  /** Whether a link leads to a page of the repository on GitHub, such as `../../actions`. */
  readonly leavesRepository: (from: string, href: string) => boolean;
}

export function createLinks({ pages, sources, options: { base, repository } }: LinkTargets): Links {
  const byFile = new Map(pages.map((page) => [page.file, page]));
  const onGitHub = (path: string) => `https://github.com/${repository}/${path}`;

  return {
    leavesRepository: (from, href) => resolveLink(from, href).path.startsWith('../'),
    destinationOf(from, href) {
      if (/^([a-z][a-z\d+.-]*:|\/\/)/i.test(href)) return { kind: 'external' };
      if (href.startsWith('#')) return { kind: 'anchor' };
      const { path, hash } = resolveLink(from, href);
      if (path.startsWith('../')) {
        return repository ? { kind: 'url', url: onGitHub(path.replace(/^(\.\.\/)+/, '')) } : { kind: 'none' };
      }
      const page = byFile.get(path) ?? byFile.get(posix.join(path, 'README.md'));
      if (page !== undefined) return { kind: 'url', url: `/${page.route}${hash}`, title: page.title };
      const source = sources.get(path);
      if (source === undefined)
        throw new Error(`${from}: the link to ${href} leads to no file that the site has`);
      if (repository !== undefined && source.kind !== 'folder')
        return { kind: 'url', url: onGitHub(`blob/main/${path}${hash}`) };
      if (source.kind === 'file') return { kind: 'download', url: `${base}files/${path}` };
      return { kind: 'url', url: `/${sourceRoute(path)}${hash}` };
    },
  };
}
