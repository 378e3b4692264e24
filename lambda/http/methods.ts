import { METHOD_NAME_ALL } from 'hono/router';

interface RegisteredRoute {
  readonly method: string;
  readonly path: string;
}

/** The methods that a path answers to, empty where there is nothing at that path. Our paths have no parameters. */
export function allowedMethods(routes: readonly RegisteredRoute[], path: string): readonly string[] {
  const methods = routes
    .filter((route) => route.path === path && route.method !== METHOD_NAME_ALL)
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return [...new Set(methods)];
}
