import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import { ServiceError } from '../../errors.ts';
import type { AppEnv } from '../context.ts';
import { problemResponse } from '../problem.ts';
import { type Arrivals, createArrivals } from './arrivals.ts';
import { type ConnectionLimits, limitConnections } from './connections.ts';
import { discardRest } from './discard.ts';
import { createDrain } from './drain.ts';
import { createIncomingBodies } from './incoming-bodies.ts';
import { answerRefusals } from './refusals.ts';
import { inTurns } from './turns.ts';

const HEADERS_TIMEOUT_MS = 10_000;
/** Node looks for requests that are over their time that often. */
const TIMEOUT_CHECK_MS = 1000;
/** Longer than the usual 60 s of a load balancer, so that the balancer and not we close an idle connection. */
const KEEP_ALIVE_MS = 65_000;
/** For the kernel to take over a whole answer; it takes over most of the longest one at once. */
const READ_ANSWER_MS = 20_000;
/** Beyond the time for a request, on a connection on which nothing moves. */
const INACTIVITY_MS = 30_000;
/** Pieces of a request that nobody reads yet are kept up to this size. */
const UNREAD_BYTES = 16 * 1024;

export interface ServerSettings extends ConnectionLimits {
  readonly host: string;
  readonly port: number;
  /** For a whole request to arrive and be answered. */
  readonly requestTimeoutMs: number;
  /** How long `/ready` says no before the server stops to accept connections. */
  readonly drainNoticeMs: number;
}

export interface RunningServer {
  readonly url: string;
  /** Lets the requests in flight finish. Resolves when every connection is closed. */
  readonly drain: (options?: { readonly noticeMs?: number }) => Promise<void>;
}

/**
 * @param arrivals counts the connections, for whoever lets them in between two pieces of work.
 * @throws an `Error` that names the address where it cannot be listened on.
 */
export async function startServer(
  app: Pick<Hono<AppEnv>, 'fetch'>,
  settings: ServerSettings,
  arrivals: Arrivals = createArrivals(),
): Promise<RunningServer> {
  const { host, port } = settings;
  /** Requests whose clients wait to be told before they send the body. */
  const expectingContinue = new WeakSet<IncomingMessage>();
  const bodies = createIncomingBodies();

  const answer = async (request: Request, incoming: IncomingMessage, continueBody: () => void) => {
    if (incoming.httpVersionMajor < 1) return refusal('Expected HTTP/1.1 or HTTP/1.0.');
    if (countHosts(incoming) > 1) return refusal('Expected one Host header, got several.');
    const { remoteAddress } = incoming.socket;
    return app.fetch(request, {
      readBody: bodies.readerOf(incoming, continueBody),
      isDraining: drain.isDraining(),
      ...(remoteAddress ? { clientAddress: remoteAddress } : {}),
    });
  };
  const listener = getRequestListener(
    async (request, env) => {
      const { incoming, outgoing } = env as HttpBindings;
      const response = await answer(request, incoming, () => {
        if (expectingContinue.has(incoming)) outgoing.writeContinue();
      });
      await drain.mayAnswer();
      if (drain.isDraining()) response.headers.set('connection', 'close');
      const isLast = drain.isDraining() || !outgoing.shouldKeepAlive;
      if (isLast && !incoming.complete) await discardRest(incoming);
      limitReading(outgoing);
      return response;
    },
    {
      // For HTTP/1.0, which knows no Host header.
      hostname: 'localhost',
      errorHandler: (cause) => refusal('The request is not valid HTTP/1.1.', cause),
    },
  );
  const server = createServer(
    {
      requestTimeout: settings.requestTimeoutMs,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, settings.requestTimeoutMs),
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      highWaterMark: UNREAD_BYTES,
    },
    inTurns(listener),
  );
  server.setTimeout(settings.requestTimeoutMs + INACTIVITY_MS);
  server.on('checkContinue', (incoming, outgoing) => {
    expectingContinue.add(incoming);
    server.emit('request', incoming, outgoing);
  });
  answerRefusals(server);
  limitConnections(server, settings, bodies.endSlowest);
  arrivals.watch(server);
  const drain = createDrain(server, arrivals);

  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new Error(`HOST and PORT: cannot listen on ${host}:${port} (${cause.code})`, { cause }));
    });
    server.listen(port, host, resolve);
  });
  return {
    url: urlOf(server.address() as AddressInfo),
    drain: ({ noticeMs = settings.drainNoticeMs } = {}) => drain.start(noticeMs),
  };
}

/** Drops the connection of a client that does not read its answer, which would keep the answer in memory. */
function limitReading(outgoing: ServerResponse): void {
  const timer = setTimeout(() => outgoing.destroy(), READ_ANSWER_MS);
  outgoing.once('finish', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}

function refusal(detail: string, cause?: unknown): Response {
  return problemResponse(new ServiceError('invalid_request', detail, { cause }), randomUUID());
}

function countHosts({ rawHeaders }: IncomingMessage): number {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length;
}

function urlOf({ address, port, family }: AddressInfo): string {
  if (address === '127.0.0.1' || address === '0.0.0.0' || address === '::') return `http://localhost:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
