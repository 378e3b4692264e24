import { describe, expect, test } from 'vitest';
import type { Capture } from '../../../lambda/capture/capture.ts';
import { testApp } from '../../support/app.ts';
import { EMBEDDING_VALUES, fakeEmbedding, featureClassifier } from '../../support/features.ts';
import { type FakeRun, fakeClassifier, readRepositoryFile } from '../../support/model.ts';
import { byteStrings, floatBytes, floatsOf, inferInit, send } from './support.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const TENSORS = '/v2/models/fake/infer';
const PHOTOS = '/v2/models/fake-image/infer';

function appWith(onRun?: (run: FakeRun) => void) {
  const offered: unknown[] = [];
  const capture: Capture = { offer: (image) => offered.push(image), finish: async () => {} };
  return { offered, ...testApp({ classifier: Promise.resolve(featureClassifier(onRun)), capture }) };
}

function tensorInit(values: readonly number[], changes: object) {
  const pixels = new Float32Array(values.length * 3 * 224 * 224);
  values.forEach((value, index) => {
    pixels[index * 3 * 224 * 224] = value;
  });
  const input = {
    name: 'input',
    datatype: 'FP32',
    shape: [values.length, 3, 224, 224],
    parameters: { binary_data_size: pixels.byteLength },
  };
  return inferInit({ inputs: [input], ...changes }, floatBytes(pixels));
}

function photoInit(photos: readonly Uint8Array[], changes: object) {
  const bytes = byteStrings(...photos);
  const input = {
    name: 'image',
    datatype: 'BYTES',
    shape: [photos.length],
    parameters: { binary_data_size: bytes.length },
  };
  return inferInit({ inputs: [input], ...changes }, bytes);
}

const embeddings = (...values: readonly number[]) =>
  values.flatMap((value) => fakeEmbedding(value).map(Math.fround));
const EMBEDDING = { name: 'embedding', datatype: 'FP32' } as const;
const onlyEmbedding = { outputs: [{ name: 'embedding' }] };

describe('the output embedding', () => {
  test('of tensors is returned alone', async () => {
    const service = appWith();
    const { json } = await send(service, TENSORS, tensorInit([2, -3], onlyEmbedding));
    expect(json['outputs']).toEqual([
      { ...EMBEDDING, shape: [2, EMBEDDING_VALUES], data: [...fakeEmbedding(2), ...fakeEmbedding(-3)] },
    ]);
    expect(service.requests[0]).toMatchObject({ status: 200, embeddings: 2 });
    expect(service.requests[0], 'no predictions').not.toHaveProperty('tensors');
  });

  test('of photos is returned alone, and is that of /embed', async () => {
    const service = appWith();
    const { json } = await send(service, PHOTOS, photoInit([cat], onlyEmbedding));
    const [output] = json['outputs'] as readonly { readonly data: readonly number[] }[];
    const response = await service.request('/embed', { method: 'POST', body: cat });
    const { embeddings: own } = (await response.json()) as {
      embeddings: readonly { readonly embedding: readonly number[] }[];
    };
    expect(output).toMatchObject({ ...EMBEDDING, shape: [1, EMBEDDING_VALUES] });
    expect(output?.data).toEqual(own[0]?.embedding);
    expect(service.requests[0]).toMatchObject({ status: 200, embeddings: 1, images: [] });
    expect(service.offered, 'nothing is captured').toEqual([]);
  });

  test('comes with the classes in the order of the request, in JSON and in binary', async () => {
    const service = appWith();
    const named = { name: 'logits', parameters: { classification: 2, binary_data: false } };
    const binary = { name: 'embedding', parameters: { binary_data: true } };
    const bytes = { parameters: { binary_data_size: 2 * EMBEDDING_VALUES * 4 } };
    const one = { ...EMBEDDING, shape: [2, EMBEDDING_VALUES], ...bytes };
    const other = {
      name: 'logits',
      datatype: 'BYTES',
      shape: [2, 2],
      data: ['11:7:cock', '10:6:stingray', '11:7:cock', '10:6:stingray'],
    };
    for (const [outputs, expected] of [
      [
        [binary, named],
        [one, other],
      ],
      [
        [named, binary],
        [other, one],
      ],
    ] as const) {
      const answer = await send(service, TENSORS, tensorInit([2, -3], { outputs }));
      expect(answer.json['outputs']).toEqual(expected);
      expect([...floatsOf(answer.binary)]).toEqual(embeddings(2, -3));
    }
    expect(service.requests[0]).toMatchObject({ tensors: 2, embeddings: 2 });
  });

  test('in binary follows the probabilities', async () => {
    const service = appWith();
    const outputs = [{ name: 'probabilities' }, { name: 'embedding' }];
    const parameters = { binary_data_output: true };
    const answer = await send(service, PHOTOS, photoInit([cat, cat], { outputs, parameters }));
    expect(answer.json['outputs']).toMatchObject([{ name: 'probabilities' }, { name: 'embedding' }]);
    const floats = floatsOf(answer.binary);
    expect(floats.length).toBe(2 * 1000 + 2 * EMBEDDING_VALUES);
    expect(floats.subarray(0, 1000).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
    expect([...floats.subarray(2001, 2000 + EMBEDDING_VALUES)]).toEqual(embeddings(0).slice(1));
    expect(service.requests[0]).toMatchObject({ embeddings: 2, images: [{ topIndex: 7 }, { topIndex: 7 }] });
    expect(service.offered).toHaveLength(2);
  });

  test.each([
    ['no outputs', {}],
    ['an empty list of outputs', { outputs: [] }],
    ['the scores', { outputs: [{ name: 'logits' }] }],
  ])('is neither returned nor made for a request with %s', async (_what, changes) => {
    const asked: unknown[] = [];
    const service = appWith(({ extras }) => {
      asked.push(...extras);
    });
    const { json } = await send(service, TENSORS, tensorInit([1], changes));
    expect(json['outputs']).toMatchObject([{ name: 'logits' }]);
    expect(json['outputs']).toHaveLength(1);
    expect(asked).toEqual([]);
    expect(service.requests[0]).not.toHaveProperty('embeddings');
  });

  test.each([
    [
      'classes of it',
      [{ name: 'embedding', parameters: { classification: 3 } }],
      'body.outputs.0.parameters.classification: expected none, as the values of embedding are not those of classes.',
    ],
    [
      'it twice',
      [{ name: 'embedding' }, { name: 'logits' }, { name: 'embedding' }],
      'body.outputs.2.name: expected each output once, got embedding twice.',
    ],
    [
      'an unknown output',
      [{ name: 'logits' }, { name: 'x' }],
      'body.outputs.1.name: expected "logits" or "embedding", got "x".',
    ],
    ['an output without a name', [{}], 'body.outputs.0.name: expected "logits" or "embedding", got nothing.'],
  ])('a request for %s is refused', async (_what, outputs, error) => {
    expect(await send(appWith(), TENSORS, tensorInit([1], { outputs }))).toMatchObject({
      status: 400,
      json: { error },
    });
  });

  test('of a broken photo fails the request, which names the photo', async () => {
    const service = appWith();
    const answer = await send(service, PHOTOS, photoInit([cat, Buffer.from('x')], onlyEmbedding));
    expect(answer).toMatchObject({
      status: 415,
      json: { error: expect.stringMatching(/^body\.inputs\.0\.data\.1: /) },
    });
    expect(service.requests[0]).toMatchObject({ failedImages: ['unsupported_media_type'], images: [] });
  });
});

describe('the descriptions', () => {
  const shape = [-1, EMBEDDING_VALUES];
  const get = async (path: string) => (await send(appWith(), path)).json;

  test('of a model of photos list the embedding', async () => {
    expect(await get('/v2/models/fake-image')).toMatchObject({
      outputs: [{ name: 'probabilities' }, { ...EMBEDDING, shape }],
    });
  });

  // Its parse_model, and copies of it in many clients, refuse any other number of outputs.
  test('of a model of tensors list one output, as Triton’s image client expects', async () => {
    expect((await get('/v2/models/fake'))['outputs']).toEqual([
      { name: 'logits', datatype: 'FP32', shape: [-1, 1000] },
    ]);
  });

  test.each(['fake', 'fake-image'])('as a configuration list the embedding of %s', async (name) => {
    expect(await get(`/v2/models/${name}/config`)).toMatchObject({
      output: [{ dims: [1000] }, { name: 'embedding', data_type: 'TYPE_FP32', dims: [EMBEDDING_VALUES] }],
    });
  });
});

test('a model without an embedding does not know the output', async () => {
  const service = testApp({ classifier: Promise.resolve(fakeClassifier()) });
  expect((await send(service, '/v2/models/fake-image')).json['outputs']).toHaveLength(1);
  expect((await send(service, '/v2/models/fake/config')).json['output']).toHaveLength(1);
  expect(await send(service, TENSORS, tensorInit([1], onlyEmbedding))).toMatchObject({
    status: 400,
    json: { error: 'body.outputs.0.name: expected "logits", got "embedding".' },
  });
});
