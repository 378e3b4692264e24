import type { Integration, IResource, Method, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { hasSlowLimits } from '../../settings/concurrency.ts';
import type { Guard } from './guard.ts';
import { OPEN_METHODS, type Route } from './routes.ts';

export interface Methods {
  readonly routes: readonly Route[];
  readonly integration: Integration;
  /** Checks the callers of guarded routes. */
  readonly guard: Guard;
  /** Whether CORS preflights reach the service, on every path and without a guard. */
  readonly preflight: boolean;
}

/**
 * Adds a resource and a method for each route, so that each route has its own metrics and may have a guard.
 *
 * A fallback forwards GET and HEAD requests for all other paths: pages and their files, and unknown paths,
 * for which the service's errors (404, 405 with Allow) are better than the gateway's. The fallback must not
 * forward POST. The service decodes paths, so an encoded path such as `/%70redict` would reach a route
 * without its guard.
 *
 * @returns the methods that have a limit of their own for each key.
 */
export function addMethods(
  api: RestApi,
  { routes, integration, guard, preflight }: Methods,
): { readonly slow: readonly Method[] } {
  const { root } = api;
  // The service validates bodies: request models read JSON text, but all bodies are binary here.
  const requestValidator = api.addRequestValidator('Parameters', { validateRequestParameters: true });
  const open = new Set<IResource>([root, root.addProxy({ anyMethod: false })]);
  for (const resource of open) {
    for (const method of OPEN_METHODS) {
      resource.addMethod(method, integration, { apiKeyRequired: false, requestValidator });
    }
  }
  const all = new Set(open);
  const slow: Method[] = [];
  for (const { path, method, guarded, parameters } of routes) {
    const resource = root.resourceForPath(path);
    all.add(resource);
    const added = resource.addMethod(method, integration, {
      ...(guarded ? guard : { apiKeyRequired: false }),
      requestParameters: { ...parameters },
      requestValidator,
    });
    if (guarded && hasSlowLimits(path)) slow.push(added);
  }
  if (preflight) {
    for (const resource of all) resource.addMethod('OPTIONS', integration, { apiKeyRequired: false });
  }
  return { slow };
}
