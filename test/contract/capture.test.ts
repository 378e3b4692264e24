import { expect, test } from 'vitest';
import type { Capture, CapturedImage } from '../../lambda/capture/capture.ts';
import { gatewayHandler } from '../../lambda/http/gateway.ts';
import { testApp } from '../support/app.ts';
import { lambdaContext, restEvent } from '../support/lambda-events.ts';
import { readRepositoryFile } from '../support/model.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const espresso = readRepositoryFile('examples/espresso.webp');

type Offered = CapturedImage & { readonly bytes: Buffer };

/** The real app, with a capture that only remembers what it was offered. */
function capturingApp(dependencies: Parameters<typeof testApp>[0] = {}) {
  const offered: Offered[] = [];
  const capture: Capture = {
    offer: (image) => offered.push({ ...image, bytes: Buffer.from(image.bytes) }),
    finish: async () => {},
  };
  return { ...testApp({ capture, ...dependencies }), offered };
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const json = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
function form(...files: Uint8Array<ArrayBuffer>[]): RequestInit {
  const body = new FormData();
  for (const file of files) body.append('file', new Blob([file]));
  return { method: 'POST', body };
}

test.each([
  ['raw', { method: 'POST', body: cat }],
  ['in a form', form(cat)],
  ['in JSON', json({ image: base64(cat) })],
] as const)('an image sent %s is offered with the bytes that came', async (_, request) => {
  const { request: send, offered } = capturingApp();
  const answer = (await (await send('/predict?top_k=1', request)).json()) as {
    request_id: string;
    model: object;
    predictions: [{ index: number; probability: number }];
  };
  expect(offered).toMatchObject([
    {
      requestId: answer.request_id,
      index: undefined,
      format: 'jpeg',
      model: answer.model,
      top: { index: answer.predictions[0].index, probability: answer.predictions[0].probability },
    },
  ]);
  expect(offered[0]?.bytes.equals(cat)).toBe(true);
});

test.each([
  ['a form', form(cat, new Uint8Array(100), espresso)],
  ['JSON', json({ images: [base64(cat), '!', base64(espresso)] })],
] as const)('of a batch in %s, the images that were classified are offered', async (_, request) => {
  const { request: send, offered } = capturingApp();
  await send('/predict/batch', request);
  expect(offered.map(({ index, format }) => [index, format])).toEqual([
    [0, 'jpeg'],
    [2, 'webp'],
  ]);
  expect(offered[0]?.bytes.equals(cat)).toBe(true);
  expect(offered[1]?.bytes.equals(espresso)).toBe(true);
});

test('of a URL, the image is offered and the URL is not', async () => {
  const { request, offered } = capturingApp({
    fetchUrl: async (_url, add) => {
      await add(cat);
    },
  });
  await request('/predict/url', json({ url: 'https://me:pw@example.com/cat.jpg?token=secret' }));
  expect(offered[0]?.bytes.equals(cat)).toBe(true);
  expect(JSON.stringify({ ...offered[0], bytes: '' })).not.toMatch(/example\.com|secret|pw/);
});

test('what cannot be classified is not offered', async () => {
  const { request, offered } = capturingApp();
  for (const body of [new Uint8Array(), Buffer.from('not an image'), cat.subarray(0, 2000)]) {
    expect((await request('/predict', { method: 'POST', body })).status).toBeGreaterThanOrEqual(400);
  }
  expect(offered).toEqual([]);
});

test.each(['1', '0', ''])('with X-No-Capture: %j, nothing is offered', async (value) => {
  const { request, offered } = capturingApp();
  const headers = { 'x-no-capture': value };
  const response = await request('/predict', { method: 'POST', body: cat, headers });
  expect(response.status).toBe(200);
  expect(offered).toEqual([]);
});

test('on Lambda, the handler waits for what is being stored, no longer than the function has left', async () => {
  const { app } = testApp();
  const steps: unknown[] = [];
  const finish = async (withinMs?: number) => {
    steps.push(withinMs);
    await new Promise(setImmediate);
    steps.push('finished');
  };
  const event = restEvent({ path: '/health' });
  await gatewayHandler(app, finish)(event, { ...lambdaContext, getRemainingTimeInMillis: () => 5000 });
  await gatewayHandler(app, finish)(event, { ...lambdaContext, getRemainingTimeInMillis: () => 10 });
  expect(steps).toEqual([4800, 'finished', 0, 'finished']);
});
