import type { APIGatewayProxyResult } from 'aws-lambda';
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import type { AppEnv } from '../../lambda/http/context.ts';
import { gatewayHandler } from '../../lambda/http/gateway.ts';
import { testApp } from '../support/app.ts';
import {
  formRequest,
  type GatewayRequest,
  httpEvent,
  lambdaContext,
  restEvent,
} from '../support/lambda-events.ts';
import { readRepositoryFile } from '../support/model.ts';
import { type Answer, expectDocumented, expectProblem, GET_PATHS, requestPath } from '../support/openapi.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const gateways = [
  ['REST API (v1)', restEvent, 'rest-request-id'],
  ['HTTP API (v2)', httpEvent, 'http-request-id'],
] as const;

const header = (result: APIGatewayProxyResult, name: string) => result.headers?.[name];

function answerOf(result: APIGatewayProxyResult): Answer {
  const mediaType = String(header(result, 'content-type')).split(';')[0] ?? '';
  return { status: result.statusCode, mediaType, body: JSON.parse(result.body) };
}

describe.each(gateways)('%s', (_name, eventOf, requestId) => {
  const invoke = async (request: GatewayRequest) => {
    const service = testApp();
    return { result: await gatewayHandler(service.app)(eventOf(request), lambdaContext), service };
  };

  test.each([
    ['raw', { method: 'POST', path: '/predict', headers: { 'Content-Type': 'image/jpeg' }, body: cat }],
    ['raw without a type', { method: 'POST', path: '/predict', body: cat }],
    [
      'base64 in JSON',
      {
        method: 'POST',
        path: '/predict',
        headers: { 'content-type': 'application/json' },
        text: JSON.stringify({ image: Buffer.from(cat).toString('base64') }),
      },
    ],
    [
      'base64 in JSON that the gateway encoded again',
      {
        method: 'POST',
        path: '/predict',
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify({ image: Buffer.from(cat).toString('base64') })),
      },
    ],
  ] as const)('an image sent %s', async (_how, request) => {
    const { result, service } = await invoke({ ...request, query: { top_k: '2' } });
    expect(result.isBase64Encoded).toBe(false);
    expect(header(result, 'x-request-id')).toBe(requestId);
    const answer = answerOf(result);
    expectDocumented('POST', '/predict', answer);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        request_id: requestId,
        image: { bytes: cat.byteLength, width: 451 },
        predictions: [{ index: 7 }, { index: 6 }],
      },
    });
    expect(service.requests[0]).toMatchObject({
      functionRequestId: 'function-request-id',
      route: '/predict',
    });
  });

  test('an image sent as a form', async () => {
    const answer = answerOf((await invoke(await formRequest(cat))).result);
    expectDocumented('POST', '/predict', answer);
    expect(answer).toMatchObject({ status: 200, body: { image: { bytes: cat.byteLength } } });
  });

  test.each(GET_PATHS)('GET %s', async (path) => {
    const { app, request } = testApp();
    await request('/predict', { method: 'POST', body: cat });
    const result = await gatewayHandler(app)(eventOf({ path: requestPath(path, 'fake') }), lambdaContext);
    expectDocumented('GET', path, answerOf(result));
    expect(result.statusCode).toBe(200);
  });

  test('errors are problems here too', async () => {
    const missing = answerOf((await invoke({ path: '/nope' })).result);
    expectProblem(missing, 404, 'not_found');
    const large = await invoke({ method: 'POST', path: '/predict', body: new Uint8Array(21_000_000) });
    expectProblem(answerOf(large.result), 413, 'image_too_large');
    const method = await invoke({ method: 'DELETE', path: '/predict' });
    expectProblem(answerOf(method.result), 405, 'method_not_allowed');
    expect(header(method.result, 'allow')).toBe('POST');
  });

  test('pages are sent as text', async () => {
    const { result } = await invoke({ path: '/' });
    expect(result).toMatchObject({ statusCode: 200, isBase64Encoded: false });
    expect(result.body).toMatch(/<!doctype html>/i);
  });

  test('every byte value arrives as it was sent', async () => {
    const sent = Uint8Array.from({ length: 256 * 3 }, (_, index) => index % 256);
    let received: Uint8Array | undefined;
    const echo = new Hono<AppEnv>().post('*', async (c) => {
      await c.env.readBody?.((piece) => {
        received = piece;
        return undefined;
      });
      return c.body(null, 204);
    });
    for (const type of ['image/jpeg', 'application/octet-stream', 'application/json', undefined]) {
      const headers = type ? { 'content-type': type } : {};
      await gatewayHandler(echo)(eventOf({ method: 'POST', path: '/x', headers, body: sent }), lambdaContext);
      expect([...(received ?? [])], type).toEqual([...sent]);
    }
  });

  test('a response that is not text is encoded', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const app = new Hono<AppEnv>().get('*', (c) => c.body(bytes, 200, { 'content-type': 'image/png' }));
    const result = await gatewayHandler(app)(eventOf({ path: '/x' }), lambdaContext);
    expect(result.isBase64Encoded).toBe(true);
    expect([...Buffer.from(result.body, 'base64')]).toEqual([...bytes]);
  });

  test('a query is decoded exactly once', async () => {
    let received: string | undefined;
    const app = new Hono<AppEnv>().get('*', (c) => {
      received = c.req.query('q');
      return c.body(null, 204);
    });
    await gatewayHandler(app)(eventOf({ path: '/x', query: { q: 'a b&c=d%20é' } }), lambdaContext);
    expect(received).toBe('a b&c=d%20é');
  });

  test.each([
    ['a line break', 'a\r\nset-cookie: b=c'],
    ['a space', 'a b'],
    ['a character beyond Latin-1', '猫'],
    ['half of a character', '\ud800'],
    ['ten thousand letters', 'a'.repeat(10_000)],
  ])('a request id with %s is replaced by the function’s', async (_what, id) => {
    const event = eventOf({ path: '/nope' });
    const { app, requests } = testApp();
    const result = await gatewayHandler(app)(
      { ...event, requestContext: { ...event.requestContext, requestId: id } },
      lambdaContext,
    );
    expectProblem(answerOf(result), 404, 'not_found');
    expect(header(result, 'x-request-id')).toBe(lambdaContext.awsRequestId);
    expect(JSON.parse(result.body).request_id).toBe(lambdaContext.awsRequestId);
    expect(requests).toMatchObject([{ requestId: lambdaContext.awsRequestId }]);
  });

  test.each(['c6af9ac6-7b61-11e6-9a41-93e8deadbeef', 'JKJaXmPLvHcESHA=', 'aB3+/x=='])(
    'the gateway’s own id %s is kept',
    async (id) => {
      const event = eventOf({ path: '/health' });
      const result = await gatewayHandler(testApp().app)(
        { ...event, requestContext: { ...event.requestContext, requestId: id } },
        lambdaContext,
      );
      expect(header(result, 'x-request-id')).toBe(id);
    },
  );

  test.each(['/health?a=b', '/health#a', '/health ', '/hea\nlth', '\\health', '/\\health', '//health'])(
    'no character of the path %j is read as another part of the URL',
    async (path) => {
      const result = await gatewayHandler(testApp().app)(eventOf({ path }), lambdaContext);
      expect(result.statusCode).toBe(path.startsWith('/') && !path.includes('#') ? 404 : 400);
    },
  );

  test.each(['/predict#', '/predict#?top_k=3', '/#'])(
    'a fragment in the path %j is refused',
    async (path) => {
      const answer = answerOf((await invoke({ method: 'POST', path, body: cat })).result);
      expectProblem(answer, 400, 'invalid_request');
    },
  );

  test('a header that HTTP cannot carry is left out', async () => {
    const headers = { 'x-name': '猫', 'x-city': 'Orléans', 'content-type': 'image/jpeg' };
    const answer = answerOf((await invoke({ method: 'POST', path: '/predict', headers, body: cat })).result);
    expect(answer.status).toBe(200);
  });

  test('a query parameter named __proto__ is refused as any other', async () => {
    const query = JSON.parse('{"__proto__":"1"}');
    const answer = answerOf((await invoke({ path: '/health', query })).result);
    expectProblem(answer, 400, 'invalid_request');
    expect(answer.body).toMatchObject({ fields: [{ field: 'query.__proto__' }] });
  });

  test('the body of a GET is ignored', async () => {
    const { result } = await invoke({ method: 'GET', path: '/health', body: cat });
    expect(result.statusCode).toBe(200);
  });
});

describe('events that are not requests', () => {
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'hello'],
    ['an empty object', {}],
    ['a schedule', { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }],
    ['a queue', { Records: [{ body: 'x', eventSource: 'aws:sqs' }] }],
    ['a path that is a number', { ...restEvent({ path: '/health' }), path: 5 }],
    ['a path on another host', { ...restEvent({ path: '/health' }), path: '@evil.example/' }],
    ['a body that is an object', { ...restEvent({ path: '/predict', method: 'POST' }), body: { image: 1 } }],
    ['a method in lower case', { ...restEvent({ path: '/health' }), httpMethod: 'get' }],
    ['a very long method', { ...restEvent({ path: '/health' }), httpMethod: 'A'.repeat(10_000) }],
    ['a method with a space', { ...restEvent({ path: '/health' }), httpMethod: 'GET /admin' }],
    ['a header with a line break', restEvent({ path: '/health', headers: { 'x-a': 'b\r\nc: d' } })],
  ])('%s is answered with a problem', async (_what, event) => {
    const result = await gatewayHandler(testApp().app)(event, lambdaContext);
    expectProblem(answerOf(result), 400, 'invalid_request');
  });
});

test('a fragment in the query of an HTTP API is refused', async () => {
  const event = {
    ...httpEvent({ method: 'POST', path: '/predict', body: cat }),
    rawQueryString: 'top_k=3#a',
  };
  const result = await gatewayHandler(testApp().app)(event, lambdaContext);
  expectProblem(answerOf(result), 400, 'invalid_request');
});

test('empty lists of values in an event do not hide the single values', async () => {
  const event = {
    ...restEvent({ method: 'POST', path: '/predict', query: { top_k: '2' }, body: cat }),
    headers: { 'x-request-id': 'chosen-by-client' },
    multiValueHeaders: {},
    multiValueQueryStringParameters: {},
    requestContext: {},
  };
  const result = await gatewayHandler(testApp().app)(event, lambdaContext);
  expect(JSON.parse(result.body)).toMatchObject({
    request_id: 'chosen-by-client',
    predictions: [{ rank: 1 }, { rank: 2 }],
  });
  expect(JSON.parse(result.body).predictions).toHaveLength(2);
});

describe('stages', () => {
  test.each(['/prod/health', '/prod'])(
    'the stage at the beginning of an HTTP API’s path %s is not part of the route',
    async (path) => {
      const event = { ...httpEvent({ path: '/health' }, 'prod'), rawPath: path };
      expect((await gatewayHandler(testApp().app)(event, lambdaContext)).statusCode).toBe(200);
    },
  );

  test('a path that only begins with the letters of the stage is kept', async () => {
    const event = { ...httpEvent({ path: '/health' }, 'prod'), rawPath: '/production/health' };
    expect((await gatewayHandler(testApp().app)(event, lambdaContext)).statusCode).toBe(404);
  });
});
