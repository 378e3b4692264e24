import type { Integration, IResource, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { OPEN_METHODS, type Route } from './routes.ts';

export interface Methods {
  readonly routes: readonly Route[];
  readonly integration: Integration;
  /** Whether the routes that take a key demand one. */
  readonly keys: boolean;
  /** Whether the service gets browsers' preflights, on every path and without a key: a preflight cannot carry one. */
  readonly preflight: boolean;
}

/**
 * A resource and a method for each route, so that each has metrics, and a key or none, of its own.
 *
 * Behind them a fallback passes GET and HEAD of every other path on: pages and their files, and what does not exist, for
 * which the service has better answers (404, 405 with Allow) than the gateway. The fallback must not pass a POST on: a
 * path that is spelt differently reaches it and is decoded by the service, so that it would lead around the keys.
 */
export function addMethods(api: RestApi, { routes, integration, keys, preflight }: Methods): void {
  const { root } = api;
  // Of the body, nothing: models read JSON text, and under */* every body is bytes. The service checks what it reads.
  const requestValidator = api.addRequestValidator('Parameters', { validateRequestParameters: true });
  const open = new Set<IResource>([root, root.addProxy({ anyMethod: false })]);
  for (const resource of open) {
    for (const method of OPEN_METHODS) {
      resource.addMethod(method, integration, { apiKeyRequired: false, requestValidator });
    }
  }
  const all = new Set(open);
  for (const { path, method, takesKey, parameters } of routes) {
    const resource = root.resourceForPath(path);
    all.add(resource);
    resource.addMethod(method, integration, {
      apiKeyRequired: keys && takesKey,
      requestParameters: { ...parameters },
      requestValidator,
    });
  }
  if (!preflight) return;
  for (const resource of all) resource.addMethod('OPTIONS', integration, { apiKeyRequired: false });
}
