import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi';
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Config } from '../config.ts';
import type { AppEnv } from './context.ts';
import { secured } from './openapi/security.ts';
import { readQuery } from './query.ts';
import { validate } from './validate.ts';

export type ReadonlyDeep<Value> = Value extends object
  ? { readonly [Key in keyof Value]: ReadonlyDeep<Value[Key]> }
  : Value;

const SUCCESSES = [200, 201, 202] as const;
type Success = (typeof SUCCESSES)[number];

/** The content of a route's successful response. It has one. */
type ContentOf<Route extends RouteConfig> = {
  [Status in Success]: Route['responses'] extends Record<Status, { content: infer Content }>
    ? Content
    : never;
}[Success];

/** The body of a route's successful answer, by the schema of that response. */
export type AnswerOf<Route extends RouteConfig> =
  ContentOf<Route> extends {
    'application/json': { schema: infer Schema extends z.ZodType };
  }
    ? ReadonlyDeep<z.input<Schema>>
    : never;

/** Of a route whose successful response may also be bytes or lines. It makes that response itself. */
type StreamOf<Route extends RouteConfig> =
  ContentOf<Route> extends { 'application/octet-stream': unknown } | { 'application/x-ndjson': unknown }
    ? Response
    : never;

/** The checked query parameters of a route. */
export type QueryOf<Route extends RouteConfig> = Route extends {
  request: { query: infer Schema extends z.ZodObject };
}
  ? z.output<Schema>
  : Readonly<Record<never, never>>;

/** Returns the body of a route's successful response. For an error it throws a `ServiceError`. */
export type RouteHandler<Route extends RouteConfig> = (
  c: Context<AppEnv>,
  query: QueryOf<Route>,
) => AnswerOf<Route> | StreamOf<Route> | Promise<AnswerOf<Route> | StreamOf<Route>>;

const NO_QUERY = z.strictObject({});

/**
 * Serves a route and adds it to the OpenAPI document. Query parameters that the route does not describe are
 * refused. Bodies are left to our own readers: the framework would read a whole form before any limit
 * applies.
 *
 * @param auth what the gateway requires of a guarded route, for the document.
 */
export function serveRoute<Route extends RouteConfig>(
  app: OpenAPIHono<AppEnv>,
  route: Route,
  handler: RouteHandler<Route>,
  auth?: Config['auth'],
): void {
  app.openAPIRegistry.registerPath(secured(route, auth));
  const status = SUCCESSES.find((one) => one in route.responses);
  const querySchema = (route.request?.query ?? NO_QUERY) as z.ZodObject;
  app.on(route.method.toUpperCase(), honoPath(route.path), async (c) => {
    const query = validate(querySchema, readQuery(c.req.url), 'query') as QueryOf<Route>;
    const answer = (await handler(c, query)) as object;
    return answer instanceof Response ? answer : c.json(answer, status);
  });
}

/** `/models/{name}` in OpenAPI is `/models/:name` here. */
export const honoPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');
