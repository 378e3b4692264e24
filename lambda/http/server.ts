import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { AppEnv } from './context.ts';

/** A client that has not sent its whole request by then is not going to. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the usual 60 s of a load balancer, so that the balancer and not we close an idle connection. */
const KEEP_ALIVE_MS = 65_000;
const DRAIN_LIMIT_MS = 9000;
const IDLE_CHECK_MS = 50;

export interface RunningServer {
  readonly url: string;
  /** Takes no more connections and lets the requests in flight finish; the process then ends by itself. */
  readonly drain: () => void;
}

/** @throws an `Error` that names the address where it cannot be listened on. */
export async function startServer(
  app: Pick<Hono<AppEnv>, 'fetch'>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<RunningServer> {
  const server = createAdaptorServer({
    // The bindings of node-server are its own request and response objects, which nothing here may depend on.
    fetch: (request) => app.fetch(request, {}),
    serverOptions: { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS },
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new Error(`HOST and PORT: cannot listen on ${host}:${port} (${cause.code})`, { cause }));
    });
    server.listen(port, host, resolve);
  });
  return { url: urlOf(server.address() as AddressInfo), drain: () => drain(server) };
}

function urlOf({ address, port, family }: AddressInfo): string {
  if (address === '127.0.0.1' || address === '0.0.0.0' || address === '::') return `http://localhost:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function drain(server: Server): void {
  // Connections that turn idle after close() would otherwise hold the process for their keep-alive time.
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const limit = setTimeout(() => server.closeAllConnections(), DRAIN_LIMIT_MS);
  server.close(() => {
    clearInterval(sweep);
    clearTimeout(limit);
  });
}
