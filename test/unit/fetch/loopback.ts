import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import {
  createUrlFetcher,
  type GuardDependencies,
  type UrlFetchSettings,
} from '../../../lambda/fetch/fetch.ts';

/** The real fetcher. Returns the pieces of the body as one array. */
export function collectingFetcher(
  settings: UrlFetchSettings,
  dependencies?: GuardDependencies,
): (url: string, signal?: AbortSignal) => Promise<Uint8Array> {
  const fetchUrl = createUrlFetcher(settings, dependencies);
  return async (url, signal) => {
    const pieces: Uint8Array[] = [];
    await fetchUrl(
      url,
      (piece) => {
        pieces.push(piece);
        return undefined;
      },
      signal,
    );
    return Buffer.concat(pieces);
  };
}

export interface Loopback {
  readonly port: number;
  /** How many sockets were opened to the server. */
  connections(): number;
  /** Resolves once all of them are closed. */
  drained(): Promise<void>;
}

/** Starts an HTTP server on 127.0.0.1 that runs until the test ends. */
export function serve(listener: RequestListener): Promise<Loopback> {
  return watch(createServer(listener));
}

/** The same for responses that no HTTP library would send. */
export function serveRaw(onRequest: (socket: Socket) => void): Promise<Loopback> {
  return watch(createTcpServer((socket) => socket.once('data', () => onRequest(socket))));
}

export async function watch(server: Server): Promise<Loopback> {
  const open = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections++;
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    drained: async () => {
      await Promise.all([...open].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    },
  };
}
