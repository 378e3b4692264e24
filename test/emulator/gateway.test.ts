import { APIGatewayClient, GetStageCommand, GetUsagePlansCommand } from '@aws-sdk/client-api-gateway';
import { describe, expect, test } from 'vitest';
import { readStage } from '../../lib/stages.ts';
import { readRepositoryFile } from '../support/model.ts';
import { type Answer, answerOf, expectProblem, GET_PATHS, requestPath } from '../support/openapi.ts';
import { IMAGE_PAGE_FILES } from '../support/pages.ts';
import { call, client, post, send, stackOutput } from './support.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const { settings } = readStage('local');

describe('API keys', () => {
  test.each([
    ['no key', undefined],
    ['a wrong key', 'x'.repeat(40)],
  ])('a prediction with %s is refused', async (_which, key) => {
    for (const path of ['/predict', '/predict/url', '/predict/batch']) {
      const answer = await answerOf(await send(path, { method: 'POST', body: cat, key }));
      expectProblem(answer, 403, 'forbidden');
    }
  });

  test('cannot be bypassed by another spelling of the path', async () => {
    for (const path of ['/predict/', '/%70redict', '//predict']) {
      const answer = await answerOf(await send(path, { method: 'POST', body: cat, key: undefined }));
      expect([403, 404], path).toContain(answer.status);
    }
  });

  test.each([
    ...IMAGE_PAGE_FILES,
    ...['/openapi.json', ...GET_PATHS].map(
      (path) => [requestPath(path, 'resnet50'), 'application/json'] as const,
    ),
  ])('GET %s requires none', async (path, mediaType) => {
    const response = await send(path, { key: undefined });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, mediaType]);
    expect((await response.bytes()).byteLength).toBeGreaterThan(10);
  });
});

describe('problems', () => {
  test.each([
    ['no image', () => post('/predict', 'no image', 'image/jpeg'), 415, 'unsupported_media_type'],
    ['half an image', () => post('/predict', cat.subarray(0, 5000), 'image/jpeg'), 422, 'invalid_image'],
    [
      'an image that is too large',
      () => post('/predict', padded(4_600_000), 'image/jpeg'),
      413,
      'image_too_large',
    ],
    ['an unknown path', () => call('/nope'), 404, 'not_found'],
    ['a POST to an unknown path', () => post('/nope', cat, 'image/jpeg'), 404, 'not_found'],
    ['an unsupported method', () => call('/predict'), 405, 'method_not_allowed'],
  ] as const)('%s', async (_what, request, status, code) => {
    expectProblem(await request(), status, code);
  });
});

/** The photo, padded with zeros. */
function padded(bytes: number): Uint8Array<ArrayBuffer> {
  const image = new Uint8Array(bytes);
  image.set(cat);
  return image;
}

describe.skipIf(settings.corsOrigins.length === 0)('pages of other origins', () => {
  const preflight = (origin: string) =>
    send('/predict', {
      method: 'OPTIONS',
      key: undefined,
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-api-key,content-type',
      },
    });

  test('may send a CORS preflight without a key', async () => {
    const [origin = ''] = settings.corsOrigins;
    const response = await preflight(origin);
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
    expect(response.headers.get('access-control-allow-headers')).toContain('x-api-key');
  });

  test('get no CORS headers for an unknown origin', async () => {
    const response = await preflight('https://elsewhere.example');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('throttling', () => {
  test('refuses a key that exceeds its rate, and serves it again later', async () => {
    expectProblem(await callUntilRefused(), 429, 'rate_limited');
    expect(await post('/predict', cat, 'image/jpeg')).toMatchObject({ status: 200 });
  });

  test('uses the limits of the stage', async () => {
    const gateway = new APIGatewayClient(client);
    const { hostname, pathname } = new URL(stackOutput('ApiUrl'));
    const restApiId = hostname.split('.')[0];
    const stageName = pathname.split('/')[1];
    const { methodSettings } = await gateway.send(new GetStageCommand({ restApiId, stageName }));
    expect(methodSettings?.['*/*']).toMatchObject({
      throttlingRateLimit: settings.throttle.open.ratePerSecond,
      throttlingBurstLimit: settings.throttle.open.burst,
    });
    const { auth } = settings;
    if (auth === 'off' || auth.kind !== 'api-key') {
      throw new Error('Expected auth of the kind api-key in the settings of the stage local, got another');
    }
    const { items } = await gateway.send(new GetUsagePlansCommand());
    expect(items).toMatchObject([
      {
        apiStages: [{ apiId: restApiId, stage: stageName }],
        throttle: { rateLimit: auth.ratePerSecond, burstLimit: auth.burst },
        quota: { limit: auth.requestsPerDay, period: 'DAY' },
      },
    ]);
  });
});

/** Sends one request after another, because concurrent requests would start more execution environments. */
async function callUntilRefused(): Promise<Answer> {
  for (let sent = 0; sent < 1000; sent += 1) {
    const answer = await answerOf(await send('/predict', { method: 'POST', body: 'no image' }));
    if (answer.status === 429) return answer;
  }
  throw new Error('Expected a 429 within 1000 requests, got none');
}
