import { describe, expect, test } from 'vitest';
import { composeAdmin } from '../../lambda/admin.ts';
import { type Environment, readConfig } from '../../lambda/config.ts';
import { gatewayHandler } from '../../lambda/http/gateway.ts';
import { testApp } from '../support/app.ts';
import { lambdaContext, restEvent } from '../support/lambda-events.ts';
import { samplesOf } from '../support/metrics.ts';
import { answerOf, expectProblem } from '../support/openapi.ts';
import { STATE } from '../unit/telemetry/records.ts';

const TOKEN = 'correct-horse-battery-staple';
const PATHS = ['/live', '/live/events', '/metrics'];

/** The app as the HTTP server runs it. */
function adminApp(environment: Environment = {}) {
  const config = readConfig({ MODELS: 'resnet50', ...environment });
  const admin = config.admin && composeAdmin(config, config.admin, STATE);
  const { app, requests } = testApp({ addAdminRoutes: admin?.addRoutes }, environment);
  const request = async (
    path: string,
    { headers, ...init }: RequestInit & { headers?: Record<string, string> } = {},
    clientAddress = '127.0.0.1',
  ) => app.request(path, { ...init, headers: { host: 'localhost', ...headers } }, { clientAddress });
  return { app, requests, request, admin };
}

describe.each(PATHS)('%s', (path) => {
  test('does not exist with ADMIN=off', async () => {
    const response = await adminApp({ ADMIN: 'off' }).request(path);
    expectProblem(await answerOf(response), 404, 'not_found');
  });

  test('does not exist on Lambda', async () => {
    const { app } = adminApp({ AWS_LAMBDA_FUNCTION_NAME: 'classify' });
    const headers = { host: 'localhost' };
    const result = await gatewayHandler(app)(restEvent({ path, headers }), lambdaContext);
    expect(result.statusCode).toBe(404);
  });

  test('is closed to other machines', async () => {
    const response = await adminApp().request(path, {}, '172.17.0.1');
    const answer = await answerOf(response);
    expectProblem(answer, 403, 'forbidden');
    expect(JSON.stringify(answer.body)).toMatch(/ADMIN_TOKEN.*ADMIN=on/);
  });

  test('may not be called by pages of other origins, whatever CORS_ORIGINS says', async () => {
    const { request } = adminApp({ CORS_ORIGINS: '*' });
    const origin = 'https://app.example.com';
    const response = await request(path, { headers: { origin } });
    expect(response.status).toBe(403);
    const preflight = await request(path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.status).toBe(405);
    for (const { headers } of [response, preflight]) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  test('takes GET only', async () => {
    const response = await adminApp().request(path, { method: 'POST' });
    expectProblem(await answerOf(response), 405, 'method_not_allowed');
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  });

  test('is not part of the API', async () => {
    const response = await adminApp().request('/openapi.json');
    expect(Object.keys(((await response.json()) as { paths: object }).paths)).not.toContain(path);
  });
});

describe.each(['/live/events', '/metrics'])('%s with a token', (path) => {
  test('asks for it, and never shows it', async () => {
    const { request, requests } = adminApp({ ADMIN: 'on', ADMIN_TOKEN: TOKEN });
    for (const headers of [{}, { authorization: `Bearer ${TOKEN}x` }] as Record<string, string>[]) {
      const response = await request(path, { headers });
      const answer = await answerOf(response);
      expectProblem(answer, 401, 'unauthorized');
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="admin"');
      expect(JSON.stringify(answer)).not.toContain(TOKEN);
    }
    expect(JSON.stringify(requests)).not.toContain(TOKEN);
  });

  test('lets a client from anywhere in', async () => {
    const { request, admin } = adminApp({ ADMIN_TOKEN: TOKEN });
    const headers = { authorization: `Bearer ${TOKEN}`, host: 'service.example' };
    const response = await request(path, { headers }, '203.0.113.7');
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    admin?.endViews();
    await response.text();
  });
});

test('the page that asks for the token needs none', async () => {
  const response = await adminApp({ ADMIN: 'on', ADMIN_TOKEN: TOKEN }).request('/live', {}, '203.0.113.7');
  expect([401, 403]).not.toContain(response.status);
});

describe('/metrics', () => {
  /** What Prometheus 3 sends. */
  const PROMETHEUS =
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,' +
    'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

  test.each([
    [undefined, 'text/plain; version=0.0.4; charset=utf-8'],
    ['*/*', 'text/plain; version=0.0.4; charset=utf-8'],
    ['text/html', 'text/plain; version=0.0.4; charset=utf-8'],
    ['application/openmetrics-text;q=0', 'text/plain; version=0.0.4; charset=utf-8'],
    ['text/plain, application/openmetrics-text;q=0.5', 'text/plain; version=0.0.4; charset=utf-8'],
    [PROMETHEUS, 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
  ])('for Accept: %s answers with %s', async (accept, type) => {
    const response = await adminApp().request('/metrics', { headers: accept ? { accept } : {} });
    expect(response.headers.get('content-type')).toBe(type);
    const text = await response.text();
    expect(text.endsWith('# EOF\n')).toBe(type.includes('openmetrics'));
    expect(samplesOf(text)).toMatchObject({ classifier_cpus: expect.any(Number) });
  });
});

describe('/live/events', () => {
  test('streams events', async () => {
    const { request, admin } = adminApp();
    const response = await request('/live/events');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    admin?.endViews();
    expect(await response.text()).toMatch(/^event: info\ndata: {.*}\n\nevent: history\ndata: {.*}\n\n/);
  });

  test('takes a ninth viewer only when one has gone', async () => {
    const { request, admin } = adminApp();
    const responses = await Promise.all(Array.from({ length: 8 }, () => request('/live/events')));
    const refused = await request('/live/events');
    expectProblem(await answerOf(refused), 503, 'overloaded');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await responses[0]?.body?.cancel();
    expect((await request('/live/events')).status).toBe(200);
    admin?.endViews();
  });

  test('takes no place for HEAD, which has no body to read', async () => {
    const { request } = adminApp();
    for (let index = 0; index < 20; index += 1) {
      const response = await request('/live/events', { method: 'HEAD' });
      expect([response.status, response.body]).toEqual([200, null]);
    }
    expect((await request('/live/events')).status).toBe(200);
  });
});

test('the routes of the requests are patterns', async () => {
  const { request, requests, admin } = adminApp();
  for (const path of ['/metrics', '/live/events']) await request(path);
  expect(requests.map(({ route }) => route)).toEqual(['/metrics', '/live/events']);
  admin?.endViews();
});
