import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import { ServiceError } from '../../errors.ts';
import type { Refusal } from '../../telemetry/requests.ts';
import type { AppEnv } from '../context.ts';
import { RECEIVE_MS } from '../jobs/receive-upload.ts';
import { problemResponse } from '../problem.ts';
import { type Arrivals, createArrivals } from './arrivals.ts';
import { type ConnectionLimits, limitConnections } from './connections.ts';
import { discardRest } from './discard.ts';
import { createDrain } from './drain.ts';
import { createIncomingBodies } from './incoming-bodies.ts';
import { listenError } from './listen-error.ts';
import { rawProblem } from './raw-problem.ts';
import { limitReading } from './reading.ts';
import { answerRefusals, type Refuse } from './refusals.ts';
import { createStreams } from './streams.ts';
import { inTurns } from './turns.ts';

const HEADERS_TIMEOUT_MS = 10_000;
/** How often Node looks for requests that take too long. */
const TIMEOUT_CHECK_MS = 1000;
/** Longer than the usual 60 s of a load balancer, so that the balancer closes an idle connection first. */
const KEEP_ALIVE_MS = 65_000;
/** How long a connection may stay without traffic, in addition to the time for a request. */
const INACTIVITY_MS = 30_000;
/** How much of a request is buffered before it is read. */
const UNREAD_BYTES = 16 * 1024;

export interface ServerSettings extends ConnectionLimits {
  readonly host: string;
  readonly port: number;
  /** For a whole request, from its headers to its answer, unless it uploads a file. */
  readonly requestTimeoutMs: number;
  /** How long `/ready` answers 503 before the server stops accepting connections. */
  readonly drainNoticeMs: number;
}

export interface ServerHooks {
  /** Counts new connections, for code that lets them in between two runs of the model. @default its own */
  readonly arrivals?: Arrivals;
  /** Called for every request that the server refuses before it reaches the app. @default nothing */
  readonly onRefusal?: (refusal: Refusal) => void;
}

export interface RunningServer {
  readonly url: string;
  /** Lets requests in flight finish. Resolves when every connection is closed. */
  readonly drain: (options?: { readonly noticeMs?: number }) => Promise<void>;
}

/** @throws Error naming the setting, if the server cannot listen on its address. */
export async function startServer(
  app: Pick<Hono<AppEnv>, 'fetch'>,
  settings: ServerSettings,
  { arrivals = createArrivals(), onRefusal = () => {} }: ServerHooks = {},
): Promise<RunningServer> {
  const { host, port } = settings;
  const refuse: Refuse = (error, socket) => {
    const requestId = randomUUID();
    onRefusal({ requestId, error, clientAddress: socket.remoteAddress });
    return rawProblem(error, requestId);
  };
  const refusal = (error: ServiceError, socket?: Socket): Response => {
    const requestId = randomUUID();
    onRefusal({ requestId, error, clientAddress: socket?.remoteAddress });
    return problemResponse(error, requestId);
  };
  /** Requests whose clients wait for a 100 Continue before they send the body. */
  const expectingContinue = new WeakSet<IncomingMessage>();
  const bodies = createIncomingBodies();
  const streams = createStreams(settings);

  const answer = async (request: Request, { incoming, outgoing }: HttpBindings) => {
    const { httpVersion, httpVersionMajor, httpVersionMinor, socket } = incoming;
    const { remoteAddress } = socket;
    const hosts = countHosts(incoming);
    if (httpVersionMajor < 1) {
      return refusal(new ServiceError('invalid_request', 'Expected HTTP/1.1 or HTTP/1.0.'), socket);
    }
    if (hosts > 1 || (hosts === 0 && httpVersionMinor > 0)) {
      return refusal(new ServiceError('invalid_request', `Expected one Host header, got ${hosts}.`), socket);
    }
    // As browsers read them, hosts such as 1.2.3.4.5 are wrong IPv4 addresses.
    if (!URL.canParse(request.url)) {
      return refusal(
        new ServiceError('invalid_request', 'Expected a valid host in the Host header.'),
        socket,
      );
    }
    return app.fetch(request, {
      readBody: bodies.readerOf(incoming, () => {
        if (expectingContinue.has(incoming)) outgoing.writeContinue();
      }),
      disconnect: () => outgoing.destroy(),
      startStream: () => streams.start(incoming, outgoing),
      httpVersion,
      isDraining: drain.isDraining(),
      ...(remoteAddress ? { clientAddress: remoteAddress } : {}),
    });
  };
  const listener = getRequestListener(
    async (request, env) => {
      const { incoming, outgoing } = env as HttpBindings;
      const response = await answer(request, env as HttpBindings);
      refusals.hasAnswer(outgoing);
      await drain.mayAnswer();
      const isLast = drain.isDraining() || !outgoing.shouldKeepAlive || response.status === 408;
      if (isLast) response.headers.set('connection', 'close');
      if (isLast && !incoming.complete) await discardRest(incoming);
      limitReading(response, outgoing, incoming.socket);
      return response;
    },
    {
      // For HTTP/1.0, which has no Host header.
      hostname: 'localhost',
      errorHandler: (cause) =>
        refusal(new ServiceError('invalid_request', 'The request is not valid HTTP/1.1.', { cause })),
    },
  );
  const server = createServer(
    {
      // The app has a deadline for each route. This is the longest of them.
      requestTimeout: Math.max(settings.requestTimeoutMs, RECEIVE_MS),
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, settings.requestTimeoutMs),
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      highWaterMark: UNREAD_BYTES,
      // Checked above, so that the answer has the same form as all others.
      requireHostHeader: false,
    },
    inTurns(listener),
  );
  server.setTimeout(settings.requestTimeoutMs + INACTIVITY_MS);
  server.on('checkContinue', (incoming, outgoing) => {
    expectingContinue.add(incoming);
    server.emit('request', incoming, outgoing);
  });
  const refusals = answerRefusals(server, refuse);
  limitConnections(server, settings, () => bodies.endSlowest() || streams.endSlowest(), refuse);
  arrivals.watch(server);
  const drain = createDrain(server, arrivals, bodies.endStalled);

  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(listenError(cause, settings));
    });
    server.listen(port, host, resolve);
  });
  return {
    url: urlOf(server.address() as AddressInfo),
    drain: ({ noticeMs = settings.drainNoticeMs } = {}) => drain.start(noticeMs),
  };
}

function countHosts({ rawHeaders }: IncomingMessage): number {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length;
}

function urlOf({ address, port, family }: AddressInfo): string {
  if (address === '127.0.0.1' || address === '0.0.0.0' || address === '::') return `http://localhost:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
