import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Handler, Hono } from 'hono';
import type { Config } from '../config.ts';
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
  '/snippets/index.js': own('snippets/index.js'),
  '/snippets/curl.js': own('snippets/curl.js'),
  '/snippets/options.js': own('snippets/options.js'),
  '/docs': own('docs.html'),
  '/docs/docs.js': own('docs.js'),
  '/docs/swagger-ui.css': swagger('swagger-ui.css'),
  '/docs/swagger-ui.js': swagger('swagger-ui-bundle.js'),
};

/**
 * Serves the page at `/`, the API reference at `/docs`, and their scripts and styles.
 *
 * @param auth what the gateway requires of predictions; the page offers a field for it.
 */
export function servePages(app: Hono<AppEnv>, auth: Config['auth']): void {
  for (const [path, file] of Object.entries(FILES)) app.get(path, serveFile(file, auth));
}

/** Serves a file in `page/` that the gateway never sees. */
export const servePageFile = (name: string): Handler<AppEnv> => serveFile(own(name), undefined);

/**
 * Serves one fixed file: no part of its path comes from the client. The file is read once, and all responses
 * share its bytes, so that clients that are slow to read hold no copies. This includes the first clients, who
 * ask while the file is being read.
 */
function serveFile(path: () => string, auth: Config['auth']): Handler<AppEnv> {
  const read = onceRead(async () => withAuth(await readPageFile(path()), auth));
  return async (c) => {
    const { bytes, mediaType } = await read();
    return c.body(bytes, 200, { 'content-type': mediaType, 'cache-control': 'public, max-age=300' });
  };
}

interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mediaType: string;
}

/** @returns a function that reads at its first call. If that fails, the next call tries again. */
function onceRead(readFile: () => Promise<PageFile>): () => Promise<PageFile> {
  let read: Promise<PageFile> | undefined;
  return async () => {
    read ??= readFile();
    try {
      return await read;
    } catch (error) {
      read = undefined;
      throw error;
    }
  };
}

/** Tells the scripts of a page what the gateway requires, in `data-auth` of its root element. */
function withAuth(file: PageFile, auth: Config['auth']): PageFile {
  if (auth === undefined || file.mediaType !== MEDIA_TYPES['.html']) return file;
  const html = new TextDecoder().decode(file.bytes).replace('<html ', `<html data-auth="${auth}" `);
  return { ...file, bytes: new TextEncoder().encode(html) };
}

async function readPageFile(file: string): Promise<PageFile> {
  return { bytes: await readFile(file), mediaType: MEDIA_TYPES[extname(file)] ?? 'application/octet-stream' };
}
