import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Concurrency, Invocation } from './concurrency.ts';

/** A request that was answered. Times are in milliseconds. */
export interface Answered {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly latencyMs: number;
  readonly integrationMs: number;
  readonly invocation: Invocation;
}

export interface Gateway extends AsyncDisposable {
  readonly url: string;
}

interface ProxyResult {
  readonly statusCode: number;
  readonly headers?: Record<string, string>;
  readonly multiValueHeaders?: Record<string, string[]>;
  readonly body: string;
  readonly isBase64Encoded?: boolean;
}

/** Plays API Gateway in front of a function: a request becomes a proxy event, and its result an answer. */
export async function startGateway(
  concurrency: Concurrency,
  onAnswer: (answered: Answered) => void,
): Promise<Gateway> {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const begin = performance.now();
    const event = await eventOf(request);
    const invoked = performance.now();
    const invocation = await concurrency.invoke(event);
    const integrationMs = performance.now() - invoked;
    const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } =
      invocation.answer as ProxyResult;
    response.writeHead(statusCode, { ...headers, ...multiValueHeaders });
    response.end(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'));
    const { httpMethod: method, path } = event;
    const latencyMs = performance.now() - begin;
    onAnswer({ method, path, status: statusCode, latencyMs, integrationMs, invocation });
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: Error) => response.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** docs.aws.amazon.com/apigateway, "Input format of a Lambda function for proxy integration". */
async function eventOf(request: IncomingMessage) {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const body = await buffer(request);
  return {
    httpMethod: request.method ?? 'GET',
    path: pathname,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    queryStringParameters: Object.fromEntries(searchParams),
    requestContext: { requestId: randomUUID() },
    ...(body.length > 0 ? { body: body.toString('base64'), isBase64Encoded: true } : {}),
  };
}
