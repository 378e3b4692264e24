import { setImmediate as immediate } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { type Budgets, createBudgets } from '../../lambda/budget/budgets.ts';
import { readConfig } from '../../lambda/config.ts';
import { testApp } from '../support/app.ts';
import { encode } from '../support/images.ts';
import { fakeClassifier, readRepositoryFile } from '../support/model.ts';
import { answerOf, expectDocumented, expectProblem } from '../support/openapi.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const png = new Uint8Array(await encode('png'));

let budgets: Budgets;
function appWith(...[dependencies, environment = {}]: Parameters<typeof testApp>) {
  budgets = createBudgets(readConfig(environment).budgets);
  return testApp({ ...dependencies, budgets }, environment);
}

const held = () => Object.entries(budgets).map(([name, gate]) => [name, gate.used(), gate.waiting()]);
const NOTHING_HELD = ['bodies', 'predictions', 'fetches', 'decoded', 'decoders', 'decodeMemory'].map(
  (name) => [name, 0, 0],
);

// Work for a client that has disconnected releases its memory only when it ends.
afterEach(() => expect.poll(held, { timeout: 5000, interval: 5 }).toEqual(NOTHING_HELD));

const raw = (body: NonNullable<RequestInit['body']>, signal?: AbortSignal): RequestInit => ({
  method: 'POST',
  body,
  ...(signal ? { signal } : {}),
});
const json = (value: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const stalled = () => new Promise<never>(() => {});

describe('everything that a request holds is released', () => {
  test.each([
    ['success', '/predict', raw(cat), 200],
    ['success through libvips', '/predict', raw(png), 200],
    [
      'a batch with one good image',
      '/predict/batch',
      json({ images: [base64(cat), '!', base64(cat.subarray(0, 999))] }),
      200,
    ],
    ['an image that is damaged', '/predict', raw(png.subarray(0, 300)), 422],
    ['no image', '/predict', raw('text'), 415],
    ['broken JSON', '/predict', { ...json({}), body: '{' }, 400],
    ['a body over its limit', '/predict', raw(new Uint8Array(21_000_000)), 413],
    ['a URL that is refused', '/predict/url', json({ url: 'https://a.example/' }), 500],
  ] as const)('after %s', async (_what, path, init, status) => {
    expect((await appWith().request(path, init)).status).toBe(status);
  });

  test('after an image from a URL', async () => {
    const fetchUrl = async (_url: string, take: (piece: Uint8Array) => Promise<void> | undefined) => {
      await take(cat);
    };
    const answer = await appWith({ fetchUrl }).request('/predict/url', json({ url: 'https://a.example/' }));
    expect(answer.status).toBe(200);
  });

  test('after a model that fails', async () => {
    const classifier = Promise.resolve(fakeClassifier(() => Promise.reject(new Error('broken'))));
    expect((await appWith({ classifier }).request('/predict', raw(cat))).status).toBe(500);
  });

  test('after the client disconnects while it sends', async () => {
    const leaving = new AbortController();
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(cat.subarray(0, 1000));
        leaving.signal.addEventListener('abort', () => controller.error(new Error('reset')));
      },
    });
    const init = { ...raw(body, leaving.signal), duplex: 'half' } as RequestInit;
    const answer = appWith().request('/predict', init);
    await immediate();
    leaving.abort();
    expectProblem(await answerOf(await answer), 400, 'invalid_request');
  });

  test('after the client disconnects while its images are decoded', async () => {
    const leaving = new AbortController();
    const images = Array.from({ length: 16 }, () => base64(png));
    const answer = appWith().request('/predict/batch', { ...json({ images }), signal: leaving.signal });
    while (budgets.decoders.used() === 0) await immediate();
    leaving.abort();
    expect((await answer).status).toBe(400);
    expect(budgets.predictions.used(), 'held until the decoders are done with the body').toBeGreaterThan(0);
  });

  test('after a deadline, which is answered immediately', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const classifier = Promise.resolve(fakeClassifier(() => promise));
    const { request } = appWith({ classifier }, { REQUEST_TIMEOUT_MS: '100' });
    await request('/health');
    const answer = await answerOf(await request('/predict', raw(cat)));
    expectDocumented('POST', '/predict', answer);
    expectProblem(answer, 504, 'deadline_exceeded');
    expect(budgets.bodies.used(), 'held until the current run ends').toBeGreaterThan(0);
    resolve();
  });

  test('after the client disconnects during a fetch', async () => {
    const leaving = new AbortController();
    const fetchUrl = (_url: string, _take: unknown, signal?: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    const { request } = appWith({ fetchUrl });
    const init = { ...json({ url: 'https://a.example/' }), signal: leaving.signal };
    const answer = request('/predict/url', init);
    while (budgets.fetches.used() === 0) await immediate();
    leaving.abort();
    expect((await answer).status).toBe(400);
  });
});

describe('limits on many requests', () => {
  test('the number of fetches is limited, and uploads are not affected', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { request } = appWith({ fetchUrl: () => promise }, { MAX_IN_FLIGHT: '3' });
    const fetching = Array.from({ length: 4 }, () =>
      request('/predict/url', json({ url: 'https://a.example/' })),
    );
    expectProblem(await answerOf(await Promise.race(fetching)), 503, 'overloaded');
    expect((await request('/predict', raw(cat))).status).toBe(200);
    resolve();
    await Promise.all(fetching);
  });

  test('the number of requests that wait for the model is limited too', async () => {
    const { request } = appWith({ classifier: stalled() }, { MAX_IN_FLIGHT: '2', REQUEST_TIMEOUT_MS: '200' });
    const answers = await Promise.all(Array.from({ length: 3 }, () => request('/predict', raw(cat))));
    expect(answers.map(({ status }) => status).sort()).toEqual([503, 504, 504]);
  });

  test('the pixels of a batch are counted together', async () => {
    const { request } = appWith({}, { MAX_BATCH_PIXELS: '200000' });
    const images = [base64(png), base64(png), base64(png)];
    const answer = await answerOf(await request('/predict/batch', json({ images })));
    expectDocumented('POST', '/predict/batch', answer);
    expectProblem(answer, 422, 'too_many_pixels');
    expect(answer.body).toMatchObject({ detail: expect.stringContaining('at most 200000 pixels') });
    expect((await request('/predict/batch', json({ images: images.slice(1) }))).status).toBe(200);
  });
});

describe('requests whose images are decoded ahead of the model', () => {
  /** A model that is busy until it is told to go on. */
  function busyApp() {
    const { promise, resolve } = Promise.withResolvers<void>();
    const classifier = Promise.resolve(fakeClassifier(() => promise));
    const { request } = appWith({ classifier }, { MAX_IN_FLIGHT: '128' });
    const predict = (signal?: AbortSignal) => request('/predict', raw(cat, signal));
    const batch = () =>
      request('/predict/batch', json({ images: Array.from({ length: 4 }, () => base64(png)) }));
    return { predict, batch, goOn: resolve };
  }
  const state = () => [budgets.decoded.used(), budgets.decoded.waiting(), budgets.decoders.used()];
  const statusesOf = async (answers: readonly Promise<Response>[]) =>
    (await Promise.all(answers)).map(({ status }) => status);

  test('are at most eight', async () => {
    const { predict, goOn } = busyApp();
    const answers = Array.from({ length: 20 }, () => predict());
    await expect.poll(state).toEqual([8, 12, 0]);
    goOn();
    expect(new Set(await statusesOf(answers))).toEqual(new Set([200]));
  });

  test('leave room for photos, however many batches wait', async () => {
    const { predict, batch, goOn } = busyApp();
    const batches = Array.from({ length: 5 }, () => batch());
    await expect.poll(state).toEqual([4, 1, 0]);
    const photos = Array.from({ length: 4 }, () => predict());
    await expect.poll(state).toEqual([8, 1, 0]);
    goOn();
    expect(await statusesOf([...batches, ...photos])).toEqual(Array.from({ length: 9 }, () => 200));
  });

  test('do not include those of a client that has disconnected', async () => {
    const { predict, goOn } = busyApp();
    const answers = Array.from({ length: 8 }, () => predict());
    await expect.poll(state).toEqual([8, 0, 0]);
    const leaving = new AbortController();
    const left = predict(leaving.signal);
    const next = predict();
    await expect.poll(state).toEqual([8, 2, 0]);
    leaving.abort();
    expect((await left).status).toBe(400);
    expect(state()).toEqual([8, 1, 0]);
    goOn();
    expect(new Set(await statusesOf([...answers, next]))).toEqual(new Set([200]));
  });
});
