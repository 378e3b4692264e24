import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Handler, Hono } from 'hono';
import type { AppEnv } from './context.ts';

const MEDIA_TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

const PAGE_DIRECTORY = fileURLToPath(new URL('./page/', import.meta.url));

/** A file in `page/`. */
const own = (name: string) => (): string => join(PAGE_DIRECTORY, name);

/** A file of Swagger UI, from its npm package. It is looked up at the first request, not at a cold start. */
const swagger = (name: string) => (): string =>
  createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`);

/** The file behind each path of the pages. */
export const FILES: Readonly<Record<string, () => string>> = {
  '/': own('index.html'),
  '/page.css': own('page.css'),
  '/page.js': own('page.js'),
  '/docs': own('docs.html'),
  '/docs/docs.js': own('docs.js'),
  '/docs/swagger-ui.css': swagger('swagger-ui.css'),
  '/docs/swagger-ui.js': swagger('swagger-ui-bundle.js'),
};

/** Serves the page at `/`, the API reference at `/docs`, and their scripts and styles. */
export function servePages(app: Hono<AppEnv>): void {
  for (const [path, file] of Object.entries(FILES)) app.get(path, serveFile(file));
}

/**
 * Serves one fixed file: no part of its path comes from the client. The file is read once, and all responses
 * share its bytes, so that clients that are slow to read hold no copies. This includes the first clients, who
 * ask while the file is being read.
 */
function serveFile(path: () => string): Handler<AppEnv> {
  const read = onceRead(path);
  return async (c) => {
    const { bytes, mediaType } = await read();
    return c.body(bytes, 200, { 'content-type': mediaType, 'cache-control': 'public, max-age=300' });
  };
}

interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mediaType: string;
}

/** @returns a function that reads the file at its first call. If that fails, the next call tries again. */
function onceRead(path: () => string): () => Promise<PageFile> {
  let read: Promise<PageFile> | undefined;
  return async () => {
    read ??= readPageFile(path);
    try {
      return await read;
    } catch (error) {
      read = undefined;
      throw error;
    }
  };
}

async function readPageFile(path: () => string): Promise<PageFile> {
  const file = path();
  return { bytes: await readFile(file), mediaType: MEDIA_TYPES[extname(file)] ?? 'application/octet-stream' };
}
