import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Config } from '../../config.ts';
import type { AppEnv } from '../context.ts';
import { secured } from '../openapi/security.ts';
import { honoPath } from '../serve-route.ts';

/** Returns the body of an answer in JSON, or a whole answer. For an error it throws a `ServiceError`. */
export type ProtocolHandler = (c: Context<AppEnv>) => object | Promise<object>;

/**
 * Serves a route of the Open Inference Protocol and adds it to the OpenAPI document. Unlike our own routes, it
 * ignores query parameters: clients of the protocol may send any.
 */
export function serveProtocolRoute(
  app: OpenAPIHono<AppEnv>,
  route: RouteConfig,
  handler: ProtocolHandler,
  auth: Config['auth'],
): void {
  app.openAPIRegistry.registerPath(secured(route, auth));
  app.on(route.method.toUpperCase(), honoPath(route.path), async (c) => {
    const answer = await handler(c);
    return answer instanceof Response ? answer : c.json(answer);
  });
}
