import { beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../support/app.ts';
import { fakeClassifier } from '../../support/model.ts';
import { send } from './support.ts';

let service: TestApp;
beforeAll(async () => {
  service = testApp({
    others: [
      Promise.resolve(fakeClassifier(undefined, { name: 'fake', version: '10.0.0' })),
      Promise.resolve(
        fakeClassifier(undefined, {
          name: 'other',
          output: { name: 'out', dtype: 'float32', shape: [null, 1000], kind: 'probabilities' },
        }),
      ),
    ],
  });
  await service.request('/predict?model=other', { method: 'POST', body: 'x' });
  await service.request('/predict?model=fake@10.0.0', { method: 'POST', body: 'x' });
});

const get = async (path: string) => (await send(service, path)).json;

describe('the server', () => {
  test.each(['/v2', '/v2/', '/v2?any=parameter'])('describes itself at %s', async (path) => {
    expect(await get(path)).toEqual({
      name: 'image-classification',
      version: '1.0.0',
      extensions: [
        'binary_tensor_data',
        'classification',
        'model_configuration',
        'model_repository',
        'statistics',
      ],
    });
  });

  test('says that it is live and ready, in the words of every client', async () => {
    expect(await get('/v2/health/live')).toEqual({ live: true });
    expect(await get('/v2/health/ready')).toEqual({ live: true, ready: true });
  });

  test('answers HEAD', async () => {
    expect((await service.request('/v2/health/ready', { method: 'HEAD' })).status).toBe(200);
  });

  test('is not ready while the model loads, but live', async () => {
    const loading = testApp({ classifier: new Promise(() => {}) });
    expect(await send(loading, '/v2/health/ready')).toMatchObject({
      status: 503,
      json: { error: 'The model is still loading.' },
    });
    expect((await send(loading, '/v2/health/live')).status).toBe(200);
  });
});

describe('a model', () => {
  test('of tensors takes normalised pixels', async () => {
    expect(await get('/v2/models/fake')).toEqual({
      name: 'fake',
      versions: ['9.9.9', '10.0.0'],
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'input', datatype: 'FP32', shape: [-1, 3, 224, 224] }],
      outputs: [{ name: 'logits', datatype: 'FP32', shape: [-1, 1000] }],
    });
  });

  test('of photos takes encoded files and gives probabilities', async () => {
    expect(await get('/v2/models/fake-image/versions/10.0.0')).toEqual({
      name: 'fake-image',
      versions: ['9.9.9', '10.0.0'],
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'image', datatype: 'BYTES', shape: [-1] }],
      outputs: [{ name: 'probabilities', datatype: 'FP32', shape: [-1, 1000] }],
    });
  });

  test('whose graph ends in a softmax gives probabilities', async () => {
    expect(await get('/v2/models/other')).toMatchObject({ outputs: [{ name: 'probabilities' }] });
  });

  test.each(['/v2/models/fake/ready', '/v2/models/fake/versions/10.0.0/ready'])(
    'is ready at %s',
    async (path) => {
      expect(await get(path)).toEqual({ name: 'fake', ready: true });
    },
  );

  test('has a configuration that Triton’s image client can use', async () => {
    expect(await get('/v2/models/fake/config')).toEqual({
      name: 'fake',
      platform: 'onnxruntime_onnx',
      backend: 'onnxruntime',
      max_batch_size: 16,
      input: [{ name: 'input', data_type: 'TYPE_FP32', dims: [3, 224, 224], format: 'FORMAT_NCHW' }],
      output: [{ name: 'logits', data_type: 'TYPE_FP32', dims: [1000] }],
    });
    expect(await get('/v2/models/fake-image/versions/9.9.9/config')).toMatchObject({
      input: [{ name: 'image', data_type: 'TYPE_STRING', dims: [], format: 'FORMAT_NONE' }],
    });
  });

  test('that is unknown is refused with the names that are known', async () => {
    expect(await send(service, '/v2/models/nothing/ready')).toMatchObject({
      status: 404,
      contentType: 'application/json',
      json: {
        error: 'Expected one of the models fake, fake-image, other, other-image, got "nothing".',
      },
    });
    expect((await send(service, '/v2/models/fake/versions/1/config')).json).toEqual({
      error: 'Expected one of the versions 9.9.9, 10.0.0 of fake, got "1".',
    });
    expect((await send(service, '/v2/models/fake@9.9.9')).status).toBe(404);
  });
});

describe('the repository', () => {
  const index = async (body?: string) =>
    (await send(service, '/v2/repository/index', { method: 'POST', body: body ?? null })).json;

  test.each([undefined, '', '{}', '{"ready":false}', '{"ready":true}'])(
    'lists all models for %j',
    async (body) => {
      const models = (await index(body)) as unknown as readonly {
        readonly name: string;
        readonly version: string;
      }[];
      expect(models.map(({ name, version }) => `${name} ${version}`)).toEqual([
        'fake 9.9.9',
        'fake-image 9.9.9',
        'fake 10.0.0',
        'fake-image 10.0.0',
        'other 9.9.9',
        'other-image 9.9.9',
      ]);
      expect(models[0]).toEqual({ name: 'fake', version: '9.9.9', state: 'READY', reason: '' });
    },
  );

  test('leaves out models that are not ready if it is asked to', async () => {
    const classifier = fakeClassifier(undefined, { name: 'late' });
    const { promise, resolve } = Promise.withResolvers<typeof classifier>();
    const some = testApp({ others: [promise] });
    await some.request('/predict', { method: 'POST', body: 'x' });
    resolve(classifier);
    const states = async (body: string) =>
      (await (await some.request('/v2/repository/index', { method: 'POST', body })).json()) as {
        readonly state: string;
      }[];
    expect((await states('{}')).map(({ state }) => state)).toEqual(['READY', 'READY', 'LOADING', 'LOADING']);
    expect((await states('{"ready":true}')).map(({ state }) => state)).toEqual(['READY', 'READY']);
  });

  test.each([
    ['[]', 'The request body is not a JSON object.'],
    ['{"ready":1}', 'body.ready: expected true or false, got 1.'],
    ['x', 'The request body is not valid JSON.'],
  ])('refuses %s', async (body, error) => {
    expect(await index(body)).toEqual({ error });
  });
});
