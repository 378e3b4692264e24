import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../lambda/errors.ts';
import { gatewayHandler } from '../../lambda/http/gateway.ts';
import { testApp } from '../support/app.ts';
import { type GatewayRequest, httpEvent, lambdaContext, restEvent } from '../support/lambda-events.ts';
import { expectProblem } from '../support/openapi.ts';
import { type Json, mutateEvent } from './event-mutations.ts';
import { Random } from './random.ts';
import { cat } from './support.ts';

const MUTATIONS_OF_A_KIND = 2500;

const service = testApp({
  fetchUrl: () => Promise.reject(new ServiceError('url_not_allowed', 'Expected a public address.')),
});
const handler = gatewayHandler(service.app);
const requests = service.requests as (typeof service.requests)[number][];

const form = { 'Content-Type': 'multipart/form-data; boundary=x' };
const json = { 'Content-Type': 'application/json' };
const seeds: readonly GatewayRequest[] = [
  { path: '/health', headers: { Accept: '*/*', Origin: 'https://a.example' } },
  { path: '/ready' },
  { method: 'DELETE', path: '/predict' },
  { path: '/model/labels', headers: { 'x-request-id': 'chosen-by-caller' } },
  { method: 'POST', path: '/predict', query: { top_k: '2' }, body: cat.slice(0, 2000) },
  { method: 'POST', path: '/predict', headers: json, text: '{"image":"AAAA"}' },
  {
    method: 'POST',
    path: '/predict/batch',
    headers: form,
    text: '--x\r\ncontent-disposition: form-data; name="a"; filename="a"\r\n\r\nb\r\n--x--',
  },
  { method: 'POST', path: '/predict/url', headers: json, text: '{"url":"https://a.example/cat.jpg"}' },
];

describe.each([
  ['REST API (v1)', restEvent, 1],
  ['HTTP API (v2)', (request: GatewayRequest) => httpEvent(request, 'prod'), 2],
] as const)('mutated events of a %s', (_name, eventOf, seed) => {
  test('get a response, and never a failure of the service', async () => {
    const random = new Random(seed);
    const statuses = new Set<number>();
    for (let round = 0; round < MUTATIONS_OF_A_KIND; round += 1) {
      const event = mutateEvent(eventOf(random.of(seeds)) as Json, random);
      const about = `round ${round}: ${JSON.stringify(event).slice(0, 2000)}`;
      const { statusCode, headers, body, isBase64Encoded } = await handler(event, lambdaContext).catch(
        (cause: unknown) => {
          throw new Error(about, { cause });
        },
      );
      if (statusCode >= 500 || isBase64Encoded) throw new Error(`${about}: ${statusCode} ${body}`);
      // Headers and the log must contain only printable characters.
      const written = Object.values(headers ?? {}).map(String);
      for (const { requestId, method } of requests.splice(0)) written.push(requestId, method);
      const unsafe = written.filter((value) => !/^[ -~]*$/.test(value));
      if (unsafe.length > 0) throw new Error(`${about}: wrote ${JSON.stringify(unsafe)}`);
      // Checking a schema takes longer than most requests.
      if (statusCode >= 400 && body && !statuses.has(statusCode)) {
        const mediaType = String(headers?.['content-type']);
        expectProblem(
          { status: statusCode, mediaType, body: JSON.parse(body) },
          statusCode,
          JSON.parse(body).code,
        );
      }
      statuses.add(statusCode);
    }
    // If all mutations were refused early, the rest of the service would not be tested.
    expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 400, 404, 405, 415, 422]));
  });
});
