import type { Route } from './routes.ts';

/** What the paths of the Open Inference Protocol begin with. */
const PREFIX = '/v2/';
/** Any path of the protocol. */
const ANY = `${PREFIX}{proxy+}`;

/**
 * Replaces the routes of the Open Inference Protocol by one route for each method. The protocol has many paths that
 * only describe something. If each had a method, each would have a limit of its own, and a flood of all of them would
 * cost a third more. A POST to an unknown path also reaches the service, if its caller is known: clients of the
 * protocol cannot read the errors of API Gateway.
 *
 * An open POST keeps its path. Everything else that is sent below `/v2` is guarded.
 */
export function withProtocolRoutes(routes: readonly Route[]): readonly Route[] {
  const shared = new Map<string, Route>();
  const others: Route[] = [];
  for (const route of routes) {
    const { path, method, guarded } = route;
    const isOpenPost = method === 'POST' && !guarded;
    if (!path.startsWith(PREFIX) || isOpenPost) others.push(route);
    else shared.set(method, { path: ANY, method, guarded, parameters: {} });
  }
  return [...others, ...shared.values()];
}
