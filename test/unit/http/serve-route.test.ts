import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import { ServiceError } from '../../../lambda/errors.ts';
import type { AppEnv } from '../../../lambda/http/context.ts';
import { type AnswerOf, serveRoute } from '../../../lambda/http/serve-route.ts';

const route = createRoute({
  method: 'get',
  path: '/count',
  request: { query: z.strictObject({ from: z.string().min(1).max(9).optional() }) },
  responses: {
    200: {
      description: 'A count.',
      content: {
        'application/json': {
          schema: z.strictObject({ count: z.number(), names: z.array(z.string()).optional() }),
        },
      },
    },
    400: { description: 'A problem.' },
  },
});

test('a handler answers with the body of its route, and gets the checked query', async () => {
  const app = new OpenAPIHono<AppEnv>().onError((error, c) =>
    c.text(error instanceof ServiceError ? error.detail : 'another error', 400),
  );
  serveRoute(app, route, (_c, { from }) => ({ count: Number(from ?? 1) }));
  expect(await (await app.request('/count?from=5')).json()).toEqual({ count: 5 });
  expect(await (await app.request('/count')).json()).toEqual({ count: 1 });
  expect(await (await app.request('/count?to=5')).text()).toBe('query.to: unknown parameter, expected from.');
  expect(
    Object.keys(app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } }).paths ?? {}),
  ).toEqual(['/count']);
});

test('handlers that do not fit their route do not compile, which tsc checks', () => {
  const app = new OpenAPIHono<AppEnv>();
  // @ts-expect-error: `count` is missing.
  serveRoute(app, route, () => ({ names: [] }));
  // @ts-expect-error: `count` is a number.
  serveRoute(app, route, () => ({ count: '5' }));
  // @ts-expect-error: the same from an asynchronous handler.
  serveRoute(app, route, async () => ({ count: '5' }));
  // @ts-expect-error: only serveRoute makes responses.
  serveRoute(app, route, () => new Response('{"count":5}'));
  // @ts-expect-error: the query has no parameter `to`.
  serveRoute(app, route, (_c, { to }) => ({ count: Number(to) }));
  // @ts-expect-error: the schema has no field `total`.
  serveRoute(app, route, (): AnswerOf<typeof route> => ({ count: 5, total: 5 }));
  serveRoute(app, route, () => ({ count: 5, names: ['a'] as readonly string[] }));
  expect(app.routes).toHaveLength(7);
});
