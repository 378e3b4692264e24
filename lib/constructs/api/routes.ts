import { readFileSync } from 'node:fs';
import { z } from 'zod';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

/** Asked on any path, described or not, without a key: {@link readRoutes} refuses a key for them. */
export const OPEN_METHODS = ['GET', 'HEAD'] as const satisfies readonly Method[];

const KEY_SCHEME = 'apiKey';

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
  /** Whether the document names a key for it. */
  readonly takesKey: boolean;
  /** API Gateway's names of the parameters, and whether each has to be there. */
  readonly parameters: Readonly<Record<string, boolean>>;
}

/** docs/openapi.json, which `npm run check` compares with the service's routes. */
export function committedDocument(): unknown {
  return JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'));
}

/**
 * The operations of an OpenAPI document; a GET brings the HEAD that the service answers with it.
 *
 * @throws Error where a GET or HEAD names a key. Those methods are open on every other path, and a path that is spelt
 * differently (`/%6dodel`) is another path to API Gateway but the same one to the service: the key could be left out.
 */
export function readRoutes(document: unknown): readonly Route[] {
  const { paths } = documentSchema.parse(document);
  return Object.entries(paths).flatMap(([path, operations]) =>
    METHODS.flatMap((method) => {
      const operation = operations[lowerCase(method)] ?? (method === 'HEAD' ? operations.get : undefined);
      if (!operation) return [];
      const takesKey = operation.security.some((requirement) => KEY_SCHEME in requirement);
      if (takesKey && OPEN_METHODS.some((open) => open === method)) {
        throw new Error(`paths.${path}: expected no key for ${method}, which is open on all paths`);
      }
      const parameters = Object.fromEntries(
        operation.parameters.map(({ name, in: place, required }) => [
          `method.request.${LOCATIONS[place]}.${name}`,
          required,
        ]),
      );
      return [{ path, method, takesKey, parameters }];
    }),
  );
}

function lowerCase<Name extends string>(name: Name): Lowercase<Name> {
  return name.toLowerCase() as Lowercase<Name>;
}
