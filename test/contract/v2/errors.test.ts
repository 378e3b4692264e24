import { setImmediate as immediate } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { type Budgets, createBudgets } from '../../../lambda/budget/budgets.ts';
import { readConfig } from '../../../lambda/config.ts';
import { gatewayHandler } from '../../../lambda/http/gateway.ts';
import { testApp } from '../../support/app.ts';
import { lambdaContext, restEvent } from '../../support/lambda-events.ts';
import { fakeClassifier, readRepositoryFile } from '../../support/model.ts';
import { byteStrings, inferInit, send } from './support.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const PHOTOS = '/v2/models/fake-image/infer';
const photoInit = (...photos: readonly Uint8Array[]) => {
  const bytes = byteStrings(...photos);
  const parameters = { binary_data_size: bytes.length };
  return inferInit(
    { inputs: [{ name: 'image', datatype: 'BYTES', shape: [photos.length], parameters }] },
    bytes,
  );
};

describe('every error below /v2 has the form of the protocol', () => {
  test.each([
    ['GET', '/v2/nothing', 404],
    ['POST', '/v2/nothing', 404],
    ['GET', '/v2/systemsharedmemory/status', 404],
    ['POST', '/v2/cudasharedmemory/region/x/register', 404],
    ['GET', '/v2/trace/setting', 404],
    ['POST', '/v2/logging', 404],
    ['POST', '/v2/repository/models/fake/load', 404],
    ['POST', '/v2/models/fake/generate', 404],
    ['GET', '/v2/models', 404],
    ['GET', '/v2/models/fake/versions', 404],
    ['GET', '/v2/models/nothing', 404],
    ['POST', '/v2/models/nothing/infer', 404],
    ['GET', '/v2/models/fake/infer', 405],
    ['POST', '/v2', 405],
    ['DELETE', '/v2/models/fake', 405],
    ['GET', '/v2/repository/index', 405],
    ['GET', '/v2/models/%E0%A4%A', 404],
  ])('%s %s: %i', async (method, path, status) => {
    const service = testApp();
    const answer = await send(service, path, { method });
    expect(answer).toMatchObject({ status, contentType: 'application/json' });
    expect(answer.json).toEqual({ error: expect.any(String) });
    expect(answer.headers.get('x-request-id')).toBe(service.requests[0]?.requestId);
    if (status === 405) expect(answer.headers.get('allow')).toMatch(/GET|POST/);
  });

  test('and no other: /v2x is a path like any other', async () => {
    const answer = await send(testApp(), '/v2x');
    expect(answer).toMatchObject({ status: 404, contentType: 'application/problem+json' });
  });

  test('a body that is too large: 413', async () => {
    const service = testApp({}, { MAX_BODY_BYTES: '1000' });
    expect(await send(service, PHOTOS, photoInit(cat))).toMatchObject({
      status: 413,
      json: { error: expect.stringContaining('at most 1000 bytes') },
    });
  });

  test('a photo with too many pixels: 422', async () => {
    expect(await send(testApp({}, { MAX_PIXELS: '1000' }), PHOTOS, photoInit(cat))).toMatchObject({
      status: 422,
      json: { error: 'body.inputs.0.data.0: Expected at most 1000 pixels, got 451 x 300 = 135300.' },
    });
  });

  test('an unexpected error: 500, which says nothing of its cause', async () => {
    const classifier = Promise.resolve(fakeClassifier(() => Promise.reject(new Error('secret'))));
    const answer = await send(testApp({ classifier }), PHOTOS, photoInit(cat));
    expect(answer).toMatchObject({ status: 500, contentType: 'application/json' });
    expect(JSON.stringify(answer.json)).not.toContain('secret');
  });

  test('a request without an answer in time: 504', async () => {
    const service = testApp({ classifier: new Promise(() => {}) }, { REQUEST_TIMEOUT_MS: '100' });
    for (const path of [PHOTOS, '/v2/models/fake/versions/9.9.9/infer', '/v2/repository/index']) {
      const endless = { method: 'POST', body: new ReadableStream(), duplex: 'half' } as RequestInit;
      expect(await send(service, path, endless)).toMatchObject({
        status: 504,
        json: { error: 'The request was not answered within 100 ms.' },
      });
    }
  });

  test('while the model loads: 503', async () => {
    const failing = testApp({ classifier: Promise.reject(new Error('broken')) });
    await immediate();
    expect(await send(failing, '/v2/health/ready')).toMatchObject({
      status: 503,
      json: { error: 'The model could not be loaded.' },
    });
  });

  test('through API Gateway too', async () => {
    const { app } = testApp();
    const event = restEvent({ path: '/v2/models/nothing/ready' });
    const { statusCode, headers, body, isBase64Encoded } = await gatewayHandler(app)(event, lambdaContext);
    expect([statusCode, headers?.['content-type'], isBase64Encoded]).toEqual([
      404,
      'application/json',
      false,
    ]);
    expect(JSON.parse(body)).toEqual({ error: expect.stringContaining('fake-image') });
  });
});

describe('memory and slots', () => {
  let budgets: Budgets;
  const appWith = (dependencies: Parameters<typeof testApp>[0] = {}, environment = {}) => {
    budgets = createBudgets(readConfig(environment).budgets);
    return testApp({ ...dependencies, budgets }, environment);
  };
  const held = () => Object.values(budgets).map((gate) => gate.used() + gate.waiting());
  afterEach(() => expect.poll(held, { timeout: 5000, interval: 5 }).toEqual([0, 0, 0, 0, 0, 0]));

  const tensor = (data: string, shape = '[1,3,224,224]') => ({
    method: 'POST',
    body: `{"inputs":[{"name":"input","datatype":"FP32","shape":${shape},"data":${data}}]}`,
  });
  const numbers = `[${'0.5,'.repeat(150_527)}0.5]`;

  test.each([
    ['an answer', tensor(numbers), 200],
    ['a tensor with one number too few', tensor(numbers.replace('0.5,', '')), 400],
    ['broken JSON', tensor('[1'), 400],
    ['another shape', tensor(numbers, '[2,3,224,224]'), 400],
  ])('are given back after %s', async (_what, init, status) => {
    expect((await send(appWith(), '/v2/models/fake/infer', init)).status).toBe(status);
  });

  test('are given back after photos', async () => {
    expect((await send(appWith(), PHOTOS, photoInit(cat, cat))).status).toBe(200);
    expect((await send(appWith(), PHOTOS, photoInit(cat, cat.subarray(0, 500)))).status).toBe(422);
  });

  test('of a tensor in JSON are reserved before they are used', async () => {
    let used = 0;
    const classifier = Promise.resolve(
      fakeClassifier(() => {
        used = budgets.bodies.used();
      }),
    );
    const init = tensor(numbers);
    await send(appWith({ classifier }), '/v2/models/fake/infer', init);
    expect(used).toBeGreaterThanOrEqual(init.body.length + 602_112);
  });

  test('a tensor that can never have enough is refused at once', async () => {
    const service = appWith({}, { MEMORY_LIMIT_MIB: '256', MAX_ADDRESS_PERCENT: '100' });
    const big = `[${'0,'.repeat(16 * 150_528 - 1)}0${' '.repeat(7_500_000)}]`;
    expect(await send(service, '/v2/models/fake/infer', tensor(big, '[16,3,224,224]'))).toMatchObject({
      status: 413,
      json: { error: expect.stringMatching(/^Expected JSON and a tensor of at most \d+ bytes together/) },
    });
  });

  test('full: a request is refused before its body is read', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const classifier = Promise.resolve(fakeClassifier(() => promise));
    const service = appWith({ classifier }, { MAX_IN_FLIGHT: '1' });
    const waiting = [1, 2, 3].map(() => send(service, PHOTOS, photoInit(cat)));
    await expect.poll(() => budgets.predictions.hasQueue()).toBe(true);
    const refused = await send(service, PHOTOS, photoInit(cat));
    expect(refused).toMatchObject({
      status: 503,
      json: { error: expect.stringContaining('Try again later') },
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    resolve();
    await Promise.all(waiting);
  });
});
