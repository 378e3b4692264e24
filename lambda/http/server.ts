import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { AppEnv } from './context.ts';

/** A client that has not sent its whole request by then is not going to. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the usual 60 s of a load balancer, so that the balancer and not we close an idle connection. */
const KEEP_ALIVE_MS = 65_000;
/** How long connections may still come in, and then how long those that did may take to show their request. */
const DRAIN_GRACE_MS = 300;
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
  let draining = false;
  const server = createAdaptorServer({
    async fetch(request) {
      // The bindings of node-server are its own request and response objects, which nothing here may depend on.
      const response = await app.fetch(request, {});
      if (draining) response.headers.set('connection', 'close');
      return response;
    },
    serverOptions: { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS },
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new Error(`HOST and PORT: cannot listen on ${host}:${port} (${cause.code})`, { cause }));
    });
    server.listen(port, host, resolve);
  });
  return {
    url: urlOf(server.address() as AddressInfo),
    drain() {
      draining = true;
      void drain(server);
    },
  };
}

function urlOf({ address, port, family }: AddressInfo): string {
  if (address === '127.0.0.1' || address === '0.0.0.0' || address === '::') return `http://localhost:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/**
 * Ends the server without losing a request that a client has got through. The HTTP server's own close() would: it resets
 * connections that wait to be accepted, and drops those whose request has not been parsed, while the model held the
 * event loop. So connections are taken in for a while longer, answered with `connection: close`, and dropped only when
 * they are certain to be idle.
 */
async function drain(server: Server): Promise<void> {
  const limit = setTimeout(() => server.closeAllConnections(), DRAIN_LIMIT_MS);
  await sleep(DRAIN_GRACE_MS);
  // Right after the event loop has polled, the queue of connections to accept is empty.
  await immediate();
  const closed = once(server, 'close');
  NetServer.prototype.close.call(server);
  await sleep(DRAIN_GRACE_MS);
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(limit);
}
