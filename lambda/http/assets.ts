import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Handler, Hono } from 'hono';
import type { Config } from '../config.ts';
import { LOW_CONFIDENCE_BELOW } from '../telemetry/names.ts';
import type { AppEnv } from './context.ts';
import { MAX_BATCH } from './schemas/common.ts';

const MEDIA_TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
};

const PAGE_DIRECTORY = fileURLToPath(new URL('./page/', import.meta.url));

/** A file in `page/`. */
const own = (name: string) => (): string => join(PAGE_DIRECTORY, name);

/** A file of Swagger UI, from its npm package. It is looked up at the first request, not at a cold start. */
const swagger = (name: string) => (): string =>
  createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`);

/**
 * The files of a folder of `page/`. In the image, `page.js` is one file with all its modules, and the folders do not
 * exist: on Lambda, each request of a page is an invocation.
 */
const modules = (folder: string): Record<string, () => string> => {
  const directory = join(PAGE_DIRECTORY, folder);
  const names = existsSync(directory) ? readdirSync(directory) : [];
  return Object.fromEntries(names.map((name) => [`/${folder}/${name}`, own(`${folder}/${name}`)]));
};

/** The file behind each path of the pages. */
export const FILES: Readonly<Record<string, () => string>> = {
  '/': own('index.html'),
  '/theme.css': own('theme.css'),
  '/page.css': own('page.css'),
  '/page.js': own('page.js'),
  ...modules('app'),
  ...modules('snippets'),
  ...modules('examples'),
  '/docs': own('docs.html'),
  '/docs/docs.js': own('docs.js'),
  '/docs/swagger-ui.css': swagger('swagger-ui.css'),
  '/docs/swagger-ui.js': swagger('swagger-ui-bundle.js'),
};

/** The file behind each path of the live view, which only the HTTP server has. They hold no data. */
export function liveFiles(): Readonly<Record<string, () => string>> {
  const { '/live/live.html': page = own('live/live.html'), ...parts } = modules('live');
  return { '/live': page, ...parts };
}

/** What the scripts of the pages are told. */
type PageSettings = Pick<Config, 'auth' | 'limits' | 'lambda' | 'admin'>;

/** Serves the page at `/`, the API reference at `/docs`, and their scripts, styles and photos. */
export function servePages(app: Hono<AppEnv>, settings: PageSettings): void {
  const attributes = attributesOf(settings);
  for (const [path, file] of Object.entries(FILES)) app.get(path, serveFile(file, attributes));
}

/**
 * Attributes of the root element. The page offers a field for what the gateway requires of predictions, shows the
 * limits before they are hit, and links the live view for those who may see it.
 */
function attributesOf({ auth, limits, lambda, admin }: PageSettings): string {
  // The event of a Lambda function has the body in base64.
  const uploadBytes = lambda ? Math.floor(limits.maxBodyBytes * 0.75) : limits.maxBodyBytes;
  const attributes = {
    ...(auth && { auth }),
    ...(admin && { live: admin.audience }),
    'max-image-bytes': Math.min(limits.maxImageBytes, uploadBytes),
    'max-upload-bytes': uploadBytes,
    'max-batch': MAX_BATCH,
    'low-confidence-below': LOW_CONFIDENCE_BELOW,
  };
  return Object.entries(attributes)
    .map(([name, value]) => `data-${name}="${value}" `)
    .join('');
}

/** Serves a file that the gateway never sees. */
export const servePageFile = (file: () => string): Handler<AppEnv> => serveFile(file, '');

/**
 * Serves one fixed file: no part of its path comes from the client. The file is read once, and all responses
 * share its bytes, so that clients that are slow to read hold no copies. This includes the first clients, who
 * ask while the file is being read.
 */
function serveFile(path: () => string, attributes: string): Handler<AppEnv> {
  const read = onceRead(async () => withAttributes(await readPageFile(path()), attributes));
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

function withAttributes(file: PageFile, attributes: string): PageFile {
  if (file.mediaType !== MEDIA_TYPES['.html']) return file;
  const html = new TextDecoder().decode(file.bytes).replace('<html ', `<html ${attributes}`);
  return { ...file, bytes: new TextEncoder().encode(html) };
}

async function readPageFile(file: string): Promise<PageFile> {
  return { bytes: await readFile(file), mediaType: MEDIA_TYPES[extname(file)] ?? 'application/octet-stream' };
}
