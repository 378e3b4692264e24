import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { withProtocolRoutes } from './protocol-routes.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

/** Open on every other path through the fallback, so {@link readRoutes} refuses a document that guards them. */
export const OPEN_METHODS = ['GET', 'HEAD'] as const satisfies readonly Method[];

export const isOpenMethod = (method: string): boolean => OPEN_METHODS.some((open) => open === method);

/** Whether a path is one of uploads and jobs, which a stage may not have. */
export const isOfJobs = (path: string): boolean => /^\/(?:uploads|jobs)(?:\/|$)/.test(path);

const LOCATIONS = { path: 'path', query: 'querystring', header: 'header' } as const;

const operationSchema = z.object({
  security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.literal(['path', 'query', 'header']),
        required: z.boolean().default(false),
      }),
    )
    .default([]),
});

const documentSchema = z.object({
  paths: z.record(
    z.string().startsWith('/'),
    z.object({
      get: operationSchema.optional(),
      head: operationSchema.optional(),
      post: operationSchema.optional(),
      put: operationSchema.optional(),
      patch: operationSchema.optional(),
      delete: operationSchema.optional(),
    }),
  ),
});

export interface Route {
  readonly path: string;
  readonly method: Method;
  /** Whether callers have to prove who they are, if the stage has `auth`. */
  readonly guarded: boolean;
  /** API Gateway's names of the parameters, and whether each is required. */
  readonly parameters: Readonly<Record<string, boolean>>;
}

/** docs/openapi.json. `npm run check` compares it with the service's routes. */
export function committedDocument(): unknown {
  return JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'));
}

/**
 * The operations of an OpenAPI document. Each GET also gives a HEAD. Those of the Open Inference Protocol share
 * their methods.
 *
 * A route is guarded if the document has any security requirement for it. The stage decides which scheme
 * applies.
 *
 * @throws Error if a GET or HEAD is guarded, other than one of jobs. The fallback forwards these methods for all other
 * paths, and an encoded path (`/%6dodel`) is a different path to API Gateway but the same one to the service. A caller
 * could bypass the guard. Below `/jobs` the service itself refuses a request without a caller, because it shows a job only
 * to the one who started it (lambda/http/owner.ts).
 * @throws Error if parameters at the same place of a path have several names, which API Gateway refuses.
 */
export function readRoutes(document: unknown): readonly Route[] {
  const { paths } = documentSchema.parse(document);
  requireOneNameEach(Object.keys(paths));
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    METHODS.flatMap((method) => {
      const operation = operations[lowerCase(method)] ?? (method === 'HEAD' ? operations.get : undefined);
      if (!operation) return [];
      const schemes = operation.security.flatMap((requirement) => Object.keys(requirement));
      const guarded = schemes.length > 0;
      if (guarded && isOpenMethod(method) && !isOfJobs(path)) {
        throw new Error(`paths.${path}: expected ${method} without security, got ${schemes.join(', ')}`);
      }
      const parameters = Object.fromEntries(
        operation.parameters.map(({ name, in: place, required }) => [
          `method.request.${LOCATIONS[place]}.${name}`,
          required,
        ]),
      );
      return [{ path, method, guarded, parameters }];
    }),
  );
  return withProtocolRoutes(routes);
}

/** "A sibling of this resource already has a variable path part -- only one is allowed", API Gateway says otherwise. */
function requireOneNameEach(paths: readonly string[]): void {
  const names = new Map<string, string>();
  for (const path of paths) {
    for (const { 0: parameter, index } of path.matchAll(/\{[^}]+\}/g)) {
      const before = path.slice(0, index);
      const known = names.get(before) ?? parameter;
      if (known !== parameter) throw new Error(`paths.${path}: expected the name ${known}, got ${parameter}`);
      names.set(before, known);
    }
  }
}

function lowerCase<Name extends string>(name: Name): Lowercase<Name> {
  return name.toLowerCase() as Lowercase<Name>;
}
