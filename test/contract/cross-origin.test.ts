import { describe, expect, test } from 'vitest';
import { gatewayHandler } from '../../lambda/http/gateway.ts';
import { isApiRequest } from '../../lambda/telemetry/requests.ts';
import { testApp } from '../support/app.ts';
import { lambdaContext, restEvent } from '../support/lambda-events.ts';
import { readRepositoryFile } from '../support/model.ts';
import { answerOf, expectProblem, OPERATIONS } from '../support/openapi.ts';

const ORIGIN = 'https://app.example.com';
const LIST = `${ORIGIN},http://localhost:5173`;
const ROUTES = [
  ...OPERATIONS.map(({ method, path }) => [method, path] as const),
  ['GET', '/openapi.json'] as const,
];
const cat = readRepositoryFile('examples/cat.jpg');

const preflightHeaders = (method: string, origin: string) => ({
  origin,
  'access-control-request-method': method,
  'access-control-request-headers': 'content-type,x-api-key',
});
const values = (headers: Headers, name: string) => (headers.get(name) ?? '').split(/, */).sort();
const corsHeaders = ({ headers }: Response) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'));

describe('without CORS_ORIGINS', () => {
  test.each(ROUTES)('%s %s sends no CORS headers', async (method, path) => {
    const { request } = testApp();
    expect(corsHeaders(await request(path, { method, headers: { origin: ORIGIN } }))).toEqual([]);
    const preflight = await request(path, { method: 'OPTIONS', headers: preflightHeaders(method, ORIGIN) });
    expect(corsHeaders(preflight)).toEqual([]);
    expect(preflight.status).toBe(405);
  });
});

describe.each([
  [LIST, ORIGIN, ORIGIN],
  [LIST, 'http://localhost:5173', 'http://localhost:5173'],
  ['*', ORIGIN, '*'],
])('with CORS_ORIGINS=%s, a page of %s', (CORS_ORIGINS, origin, allowed) => {
  const { request } = testApp({}, { CORS_ORIGINS });

  test.each([...ROUTES, ['POST', '/nope'] as const])(
    'may send a preflight for %s %s',
    async (method, path) => {
      const response = await request(path, { method: 'OPTIONS', headers: preflightHeaders(method, origin) });
      expect(response.status).toBe(204);
      expect(await response.text()).toBe('');
      const { headers } = response;
      expect(headers.get('access-control-allow-origin')).toBe(allowed);
      expect(values(headers, 'access-control-allow-methods')).toEqual(['DELETE', 'GET', 'POST', 'PUT']);
      expect(values(headers, 'access-control-allow-headers')).toEqual([
        'content-encoding',
        'content-type',
        'idempotency-key',
        'inference-header-content-length',
        'x-api-key',
        'x-no-capture',
        'x-request-id',
      ]);
      expect(Number(headers.get('access-control-max-age'))).toBeGreaterThan(0);
      expect(headers.has('access-control-allow-credentials')).toBe(false);
    },
  );

  test.each([
    ['a prediction', '/predict', { method: 'POST', body: cat }, 200],
    ['a problem with the image', '/predict', { method: 'POST', body: new TextEncoder().encode('text') }, 415],
    ['an unknown path', '/nope', {}, 404],
    ['a method that is not allowed', '/predict', {}, 405],
  ])('may read %s', async (_what, path, init, status) => {
    const response = await request(path, { ...init, headers: { origin } });
    expect(response.status).toBe(status);
    expect(response.headers.get('access-control-allow-origin')).toBe(allowed);
    expect(values(response.headers, 'access-control-expose-headers')).toEqual([
      'inference-header-content-length',
      'link',
      'location',
      'retry-after',
      'x-embedding-count',
      'x-embedding-dimensions',
      'x-request-id',
    ]);
    expect(response.headers.has('access-control-allow-credentials')).toBe(false);
  });
});

test.each([
  ['no headers', '/predict', {}, 405],
  ['only an origin', '/predict', { origin: ORIGIN }, 405],
  ['only a method', '/nope', { 'access-control-request-method': 'POST' }, 404],
])('OPTIONS with %s is no preflight', async (_what, path, headers, status) => {
  const { request } = testApp({}, { CORS_ORIGINS: LIST });
  expect((await request(path, { method: 'OPTIONS', headers })).status).toBe(status);
});

test('a preflight is recorded as one, so that it does not count as a request to the API', async () => {
  const { request, requests } = testApp({}, { CORS_ORIGINS: LIST });
  await request('/predict', { method: 'OPTIONS', headers: preflightHeaders('POST', ORIGIN) });
  await request('/predict', { method: 'OPTIONS' });
  await request('/predict', { method: 'POST', body: cat, headers: { origin: ORIGIN } });
  expect(requests.map(({ route }) => [route, isApiRequest(route)])).toEqual([
    ['preflight', false],
    ['unmatched', true],
    ['/predict', true],
  ]);
});

test('the answer to one origin is not cached for another', async () => {
  const { request } = testApp({}, { CORS_ORIGINS: LIST });
  for (const origin of [ORIGIN, 'https://evil.example']) {
    const response = await request('/health', { headers: { origin } });
    expect(values(response.headers, 'vary')).toContain('Origin');
  }
});

test.each(['https://evil.example', 'https://app.example.com.evil.example', 'http://app.example.com', 'null'])(
  '%s is not allowed by a list without it',
  async (origin) => {
    const { request } = testApp({}, { CORS_ORIGINS: LIST });
    const answers = [
      await request('/predict', { method: 'OPTIONS', headers: preflightHeaders('POST', origin) }),
      await request('/predict', { method: 'POST', body: cat, headers: { origin } }),
    ];
    for (const { headers } of answers) expect(headers.has('access-control-allow-origin')).toBe(false);
  },
);

test('other origins can read the refusal of a service without its model', async () => {
  const { promise: classifier } = Promise.withResolvers<never>();
  const { request } = testApp({ classifier }, { CORS_ORIGINS: LIST, MAX_IN_FLIGHT: '1' });
  void request('/predict', { method: 'POST', body: cat });
  const response = await request('/predict', { method: 'POST', body: cat, headers: { origin: ORIGIN } });
  expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
  expectProblem(await answerOf(response), 503, 'not_ready');
});

test('a preflight that came through API Gateway is answered', async () => {
  const { app, requests } = testApp({}, { CORS_ORIGINS: LIST });
  const event = restEvent({ method: 'OPTIONS', path: '/predict', headers: preflightHeaders('POST', ORIGIN) });
  const result = await gatewayHandler(app)(event, lambdaContext);
  expect(result).toMatchObject({ statusCode: 204, body: '' });
  expect(result.headers).toMatchObject({ 'access-control-allow-origin': ORIGIN });
  expect(requests[0]?.error).toBeUndefined();
});
