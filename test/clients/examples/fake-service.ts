import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { ServiceError } from '../../../lambda/errors.ts';
import { problemResponse } from '../../../lambda/http/problem.ts';

export const PREDICTION = { label: 'tabby', probability: 0.9731 };
export const RETRY_AFTER_SECONDS = 1;
export const DETAIL = 'Said by the fake service.';

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** When it was received and answered, in milliseconds. */
  readonly at: number;
}

const problem = (code: ConstructorParameters<typeof ServiceError>[0], retryAfterSeconds?: number) =>
  problemResponse(
    new ServiceError(code, DETAIL, retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    'a-request',
  );

/** How the service answers the first, the second … request. `undefined` closes the connection. */
const SCENARIOS = {
  ready: predictions,
  busy: (request, attempt) =>
    attempt <= 2 ? problem('overloaded', RETRY_AFTER_SECONDS) : predictions(request),
  throttled: (request, attempt) =>
    attempt === 1 ? problem('rate_limited', RETRY_AFTER_SECONDS) : predictions(request),
  'always-busy': () => problem('not_ready'),
  'used-up': () => problem('rate_limited', 3600),
  unauthorized: () => problem('unauthorized'),
  broken: () => problem('internal'),
  dropped: (request, attempt) => (attempt === 1 ? undefined : predictions(request)),
  moved: () => new Response(null, { status: 302, headers: { location: 'elsewhere' } }),
  proxy: () => new Response('<h1>Bad Gateway</h1>', { status: 502 }),
} as const satisfies Record<string, (request: ReceivedRequest, attempt: number) => Response | undefined>;

export type Scenario = keyof typeof SCENARIOS;

function predictions({ path, body, headers }: Pick<ReceivedRequest, 'path' | 'body' | 'headers'>): Response {
  const predictions = [PREDICTION];
  if (!path.startsWith('/predict/batch')) return Response.json({ predictions });
  const results = Array.from({ length: imagesIn(body, headers) }, (_, index) => ({ index, predictions }));
  return Response.json({ results });
}

/** How many images a batch has. */
export function imagesIn(body: Buffer, headers: IncomingHttpHeaders): number {
  return headers['content-type'] === 'application/json'
    ? JSON.parse(body.toString()).images.length
    : body.toString('latin1').split('name="file"').length - 1;
}

/** A service that answers by scenario: its base URL for a program is `/PROGRAM/SCENARIO`. */
export class FakeService implements AsyncDisposable {
  readonly #server: Server;
  readonly #received = new Map<string, ReceivedRequest[]>();

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(async (answer) => {
        if (answer) {
          response.writeHead(answer.status, [...answer.headers].flat());
          response.end(Buffer.from(await answer.arrayBuffer()));
        } else {
          request.socket.destroy();
        }
      });
    });
  }

  static async start(): Promise<FakeService> {
    const service = new FakeService();
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    return service;
  }

  baseUrl(program: string, scenario: Scenario): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${program}/${scenario}`;
  }

  received(program: string, scenario: Scenario): readonly ReceivedRequest[] {
    return this.#received.get(`/${program}/${scenario}`) ?? [];
  }

  async #answer(request: IncomingMessage): Promise<Response | undefined> {
    const [, base = '', scenario = '', path = ''] =
      /^(\/[^/]+\/([^/]+))(\/.*)$/.exec(request.url ?? '') ?? [];
    const body = await buffer(request);
    const requests = this.#received.get(base) ?? [];
    this.#received.set(base, requests);
    const received = { path, headers: request.headers, body, at: performance.now() };
    requests.push(received);
    return SCENARIOS[scenario as Scenario](received, requests.length);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
