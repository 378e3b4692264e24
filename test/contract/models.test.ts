import { describe, expect, test } from 'vitest';
import { createBudgets } from '../../lambda/budget/budgets.ts';
import { readConfig } from '../../lambda/config.ts';
import { gatewayHandler } from '../../lambda/http/gateway.ts';
import { BundleError } from '../../lambda/model/bundle.ts';
import type { Classifier } from '../../lambda/model/classifier.ts';
import type { ModelIdentity } from '../../lambda/model/manifest.ts';
import type { ModelSource } from '../../lambda/model/source.ts';
import { createModels } from '../../lambda/prediction/models.ts';
import { createPredictionQueue } from '../../lambda/prediction/predictor.ts';
import { testApp } from '../support/app.ts';
import { lambdaContext, restEvent } from '../support/lambda-events.ts';
import { fakeClassifier, labels, readRepositoryFile } from '../support/model.ts';
import { answerOf, expectDocumented, expectProblem } from '../support/openapi.ts';

const RESNET = { name: 'resnet50', version: '1.0.0' };
const NEXT_RESNET = { name: 'resnet50', version: '2.0.0+int8' };
const LITE = { name: 'lite', version: '1.0.0' };

const cat = readRepositoryFile('examples/cat.jpg');
const photo: RequestInit = { method: 'POST', body: cat };

const source = (
  identity: ModelIdentity,
  load: () => Promise<Classifier> = async () => fakeClassifier(undefined, identity),
): ModelSource => ({ folder: identity.name, identify: async () => identity, load });
const loading = (identity: ModelIdentity) => source(identity, () => new Promise(() => {}));
const broken = (identity: ModelIdentity) =>
  source(identity, () => Promise.reject(new BundleError('/m/lite.onnx: expected sha256 a, got b')));

/** The app with these models. All of them have been loaded as far as that is possible. */
async function appWith(...sources: readonly [ModelSource, ...ModelSource[]]) {
  const config = readConfig({ LOG_LEVEL: 'SILENT', METRICS: 'off' });
  const budgets = createBudgets(config.budgets);
  const models = createModels(sources, { config, budgets, queue: createPredictionQueue() });
  for (const access of models.all) access.load().catch(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  return testApp({ models, budgets, fetchUrl: async (_url, take) => void (await take(cat)) });
}
const three = () => appWith(source(RESNET), source(NEXT_RESNET), source(LITE));

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const base64 = Buffer.from(cat).toString('base64');
const PREDICTIONS: readonly (readonly [path: string, init: RequestInit])[] = [
  ['/predict', photo],
  ['/predict/url', json({ url: 'https://example.com/cat.jpg' })],
  ['/predict/batch', json({ images: [base64, base64] })],
];

describe('the model of a prediction', () => {
  test.each(PREDICTIONS)('POST %s takes it from the query', async (path, init) => {
    const { request, requests } = await three();
    for (const [query, model] of [
      ['', RESNET],
      ['?model=resnet50', RESNET],
      ['?model=resnet50@1.0.0', RESNET],
      [`?model=${encodeURIComponent('resnet50@2.0.0+int8')}`, NEXT_RESNET],
      ['?top_k=2&model=lite', LITE],
    ] as const) {
      const answer = await answerOf(await request(`${path}${query}`, init));
      expectDocumented('POST', path, answer);
      expect(answer, query).toMatchObject({ status: 200, body: { model } });
      expect(requests.at(-1), query).toMatchObject({ route: path, model });
    }
  });

  test('comes from the query alone, not from the fields of the body', async () => {
    const { request } = await three();
    const answer = await answerOf(await request('/predict', json({ image: base64, model: 'lite' })));
    expectProblem(answer, 400, 'invalid_request');
    expect(answer.body).toMatchObject({ fields: [{ field: 'body.model' }] });
  });

  test.each(PREDICTIONS)(
    'POST %s refuses one that there is not, and lists those that there are',
    async (path, init) => {
      const { request } = await three();
      const answer = await answerOf(await request(`${path}?model=vgg`, init));
      expectDocumented('POST', path, answer);
      expectProblem(answer, 404, 'model_not_found');
      expect(answer.body).toMatchObject({
        detail: 'Expected one of the models resnet50@1.0.0, resnet50@2.0.0+int8, lite@1.0.0, got "vgg".',
      });
    },
  );

  test.each([
    ['characters that change the order of others', 'a\u202Eb\u0007', 'got "a\uFFFDb\\u0007".'],
    ['half a surrogate pair', '%ED%A0%80', /got "\uFFFD+"\.$/],
    ['a hundred characters', 'x'.repeat(100), `got "${'x'.repeat(64)}…".`],
    ['quotes', 'a"b', 'got "a\\"b".'],
  ])('is shown without %s', async (_what, choice, shown) => {
    const { request } = await three();
    const query = choice.startsWith('%') ? choice : encodeURIComponent(choice);
    const answer = await answerOf(await request(`/predict?model=${query}`, photo));
    expectProblem(answer, 404, 'model_not_found');
    const { detail } = answer.body as { detail: string };
    if (typeof shown === 'string') expect(detail.endsWith(shown), detail).toBe(true);
    else expect(detail).toMatch(shown);
  });

  test.each([
    ['nothing', ''],
    ['101 characters', 'x'.repeat(101)],
  ])('is not %s', async (_what, choice) => {
    const { request } = await three();
    const answer = await answerOf(await request(`/predict?model=${choice}`, photo));
    expectDocumented('POST', '/predict', answer);
    expectProblem(answer, 400, 'invalid_request');
    expect(answer.body).toMatchObject({ fields: [{ field: 'query.model' }] });
  });

  test('is not chosen twice', async () => {
    const { request } = await three();
    const answer = await answerOf(await request('/predict?model=lite&model=resnet50', photo));
    expectProblem(answer, 400, 'invalid_request');
  });

  test('is in the log of a request that it could not serve', async () => {
    const { request, requests } = await three();
    await request('/predict?model=lite', { method: 'POST', body: 'this is not an image' });
    expect(requests.at(-1)).toMatchObject({ status: 415, model: LITE });
    await request('/models/lite/labels');
    expect(requests.at(-1)).toMatchObject({ status: 200, model: LITE });
  });

  test('is in the log of a request of the Open Inference Protocol too, also if it is broken', async () => {
    const { request, requests } = await appWith(source(RESNET), broken(LITE));
    await request('/v2/models/lite-image/infer', photo);
    expect(requests.at(-1)).toMatchObject({ status: 503, model: LITE });
    for (const path of [
      '/v2/models/lite',
      '/v2/models/lite/ready',
      '/v2/models/lite/versions/1.0.0/config',
    ]) {
      await request(path);
      expect(requests.at(-1), path).toMatchObject({ status: 503, model: LITE });
    }
    await request('/v2/models/lite/stats');
    expect(requests.at(-1)).toMatchObject({ status: 200, model: LITE });
  });
});

describe('the descriptions of models', () => {
  test('GET /models lists them in order', async () => {
    const { request } = await appWith(source(RESNET), loading(LITE), broken(NEXT_RESNET));
    const answer = await answerOf(await request('/models'));
    expectDocumented('GET', '/models', answer);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        models: [
          { ...RESNET, state: 'ready' },
          { ...LITE, state: 'loading' },
          { ...NEXT_RESNET, state: 'failed' },
        ],
      },
    });
  });

  test.each([
    ['resnet50', RESNET],
    ['resnet50@2.0.0+int8', NEXT_RESNET],
    ['resnet50%402.0.0%2Bint8', NEXT_RESNET],
    ['%6Cite', LITE],
  ])('GET /models/%s and its labels', async (name, model) => {
    const { request } = await three();
    const described = await answerOf(await request(`/models/${name}`));
    expectDocumented('GET', '/models/{name}', described);
    expect(described).toMatchObject({ status: 200, body: model });
    const listed = await answerOf(await request(`/models/${name}/labels`));
    expectDocumented('GET', '/models/{name}/labels', listed);
    expect(listed).toMatchObject({ status: 200, body: labels });
  });

  test.each([
    '/models/vgg',
    '/models/vgg/labels',
    '/models/%FF',
    '/models/lite%2Flabels',
    `/models/${'x'.repeat(5000)}`,
  ])('GET %s is refused with the models that there are', async (path) => {
    const { request } = await three();
    const answer = await answerOf(await request(path));
    expectDocumented('GET', path.endsWith('/labels') ? '/models/{name}/labels' : '/models/{name}', answer);
    expectProblem(answer, 404, 'model_not_found');
    const { detail } = answer.body as { detail: string };
    expect(detail).toMatch(/^Expected one of the models .*lite@1\.0\.0, got ".{1,70}"\.$/);
  });

  test('GET /model and /model/labels describe the default', async () => {
    const { request } = await appWith(source(LITE), source(RESNET));
    expect(await answerOf(await request('/model'))).toMatchObject({ status: 200, body: LITE });
    expect((await request('/model/labels')).status).toBe(200);
  });

  test('take no parameters', async () => {
    const { request } = await three();
    for (const path of ['/models', '/models/lite', '/models/lite/labels', '/model']) {
      expectProblem(await answerOf(await request(`${path}?model=lite`)), 400, 'invalid_request');
    }
  });

  test('are the same through API Gateway, which decodes the path or does not', async () => {
    const { app } = await three();
    for (const path of ['/models/resnet50@2.0.0+int8', '/models/resnet50%402.0.0%2Bint8']) {
      const { statusCode, body } = await gatewayHandler(app)(restEvent({ path }), lambdaContext);
      expect(statusCode, path).toBe(200);
      expect(JSON.parse(body), path).toMatchObject(NEXT_RESNET);
    }
    const query = { model: 'resnet50@2.0.0+int8' };
    const event = restEvent({ method: 'POST', path: '/predict', query, body: cat });
    expect(JSON.parse((await gatewayHandler(app)(event, lambdaContext)).body)).toMatchObject({
      model: NEXT_RESNET,
    });
  });
});

describe('a second model', () => {
  test('that is still loading makes its requests wait, and the service is ready', async () => {
    const { promise, resolve } = Promise.withResolvers<Classifier>();
    const { request } = await appWith(
      source(RESNET),
      source(LITE, () => promise),
    );
    const waiting = request('/predict?model=lite', photo);
    const ready = await answerOf(await request('/ready'));
    expectDocumented('GET', '/ready', ready);
    expect(ready).toMatchObject({
      status: 200,
      body: {
        status: 'ready',
        model: RESNET,
        models: [
          { ...RESNET, state: 'ready' },
          { ...LITE, state: 'loading' },
        ],
      },
    });
    const described = await request('/models/lite');
    expect(described.headers.get('retry-after')).toBe('1');
    expectProblem(await answerOf(described), 503, 'not_ready');
    expect((await request('/predict', photo)).status).toBe(200);
    resolve(fakeClassifier(undefined, LITE));
    expect(await answerOf(await waiting)).toMatchObject({ status: 200, body: { model: LITE } });
  });

  test('that failed refuses its requests, and the service is not ready, but the others work', async () => {
    const { request, requests } = await appWith(source(RESNET), broken(LITE), source(NEXT_RESNET));
    const refused = await answerOf(await request('/predict?model=lite', photo));
    expectDocumented('POST', '/predict', refused);
    expectProblem(refused, 503, 'not_ready');
    expect(requests.at(-1)).toMatchObject({ status: 503, model: LITE });
    expect(JSON.stringify(refused.body), 'no path of the machine').not.toContain('/m/');
    const ready = await answerOf(await request('/ready'));
    expectDocumented('GET', '/ready', ready);
    expectProblem(ready, 503, 'not_ready');
    for (const [query, model] of [
      ['', RESNET],
      ['?model=resnet50@2.0.0%2Bint8', NEXT_RESNET],
    ] as const) {
      expect(await answerOf(await request(`/predict${query}`, photo))).toMatchObject({
        status: 200,
        body: { model },
      });
    }
  });

  test('whose manifest is wrong has the name of its folder, and the service is not ready', async () => {
    const refuse = () => Promise.reject(new BundleError('a wrong field'));
    const { request } = await appWith(source(RESNET), { folder: 'flowers', identify: refuse, load: refuse });
    expect((await answerOf(await request('/models'))).body).toEqual({
      models: [
        { ...RESNET, state: 'ready' },
        { name: 'flowers', version: 'unknown', state: 'failed' },
      ],
    });
    expectProblem(await answerOf(await request('/predict?model=flowers', photo)), 503, 'not_ready');
    expectProblem(await answerOf(await request('/ready')), 503, 'not_ready');
    expect((await request('/predict', photo)).status).toBe(200);
  });
});
