import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Handler } from 'hono';
import type { AppEnv } from './context.ts';

const MEDIA_TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

const PAGE_DIRECTORY = fileURLToPath(new URL('./page/', import.meta.url));

/** A file of our own pages. */
export const pageFile = (name: string): string => join(PAGE_DIRECTORY, name);

/** A file of Swagger UI, from its package. */
export const swaggerFile = (name: string): string =>
  createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`);

/**
 * Serves one file, read once. The file is fixed: no path comes from the client. Its bytes are shared by all answers, so
 * that clients that do not read theirs hold no copies.
 */
export function serveFile(path: () => string): Handler<AppEnv> {
  let body: Uint8Array<ArrayBuffer> | undefined;
  return async (c) => {
    const file = path();
    body ??= new Uint8Array(await readFile(file));
    return c.body(body, 200, {
      'content-type': MEDIA_TYPES[extname(file)] ?? 'application/octet-stream',
      'cache-control': 'public, max-age=300',
    });
  };
}
