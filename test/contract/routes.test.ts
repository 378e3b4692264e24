import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { OPERATIONS } from '../support/openapi.ts';

const ROUTES = new URL('../../lambda/http/routes/', import.meta.url);

test.each(await readdir(ROUTES))('the app serves every route of routes/%s', async (file) => {
  const exports: Record<string, unknown> = await import(new URL(file, ROUTES).href);
  const routes = Object.entries(exports).filter(([name]) => name.endsWith('Route'));
  expect(routes).not.toEqual([]);
  for (const [name, route] of routes) {
    const { method, path } = route as { readonly method: string; readonly path: string };
    expect(OPERATIONS, name).toContainEqual(expect.objectContaining({ method: method.toUpperCase(), path }));
  }
});
