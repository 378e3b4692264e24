import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export interface SiteServer extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
}

/**
 * Serves the files of a folder on this machine only.
 *
 * @param port 0 for one that is free.
 * @throws Error if something listens on the port.
 */
export async function serveSite(folder: string, port: number): Promise<SiteServer> {
  const notFound = await readFile(join(folder, '404.html'));
  const server = createServer(async ({ url = '/' }, response) => {
    const path = pathOf(url);
    const file = path && (await readFile(join(folder, path)).catch(() => undefined));
    const type = file ? TYPES[extname(path)] : TYPES['.html'];
    response.writeHead(file ? 200 : 404, { 'content-type': type ?? 'text/plain; charset=utf-8' });
    response.end(file ?? notFound);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EADDRINUSE') throw cause;
    throw new Error(
      `Expected port ${port} to be free, but something listens on it. --port takes another one`,
      { cause },
    );
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The file that a URL asks for, below the folder. */
function pathOf(url: string): string | undefined {
  const { pathname } = URL.parse(url, 'http://site') ?? {};
  try {
    const path = normalize(decodeURIComponent(pathname ?? '').replace(/\/$/, '/index.html'));
    return path.split(sep).includes('..') ? undefined : path;
  } catch {
    return undefined;
  }
}
