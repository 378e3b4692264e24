import { relative, sep } from 'node:path';
import { REPOSITORY } from '../repository.ts';
import { type Source, sourceRoute } from '../sources.ts';

/** What VitePress says about the page that it renders, as `env`. */
interface PageEnvironment {
  readonly path: string;
  /** Not for the search index. */
  readonly realPath?: string;
  /** In the site. */
  readonly relativePath: string;
}

/** The file of the repository that is rendered, such as `docs/api.md`. */
export type OriginOf = (env: unknown) => string;

export function createOriginOf(sources: ReadonlyMap<string, Source>): OriginOf {
  const byRoute = new Map([...sources.keys()].map((path) => [sourceRoute(path), path]));
  return (env) => {
    const { path, realPath, relativePath } = env as PageEnvironment;
    return byRoute.get(relativePath) ?? relative(REPOSITORY, realPath ?? path).replaceAll(sep, '/');
  };
}
