import { describe, expect, test } from 'vitest';
import { progressiveJpeg } from '../../hostile/bombs.ts';
import { testApp } from '../../support/app.ts';
import type { FakeRun } from '../../support/model.ts';
import { fakeClassifier, readRepositoryFile } from '../../support/model.ts';
import { byteStrings, floatBytes, floatsOf, inferInit, send } from './support.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const base64 = Buffer.from(cat).toString('base64');
/** So small that JSON is, too. */
const SIDE = 2;
const small = {
  input: { name: 'input', dtype: 'float32', layout: 'NHWC', shape: [null, SIDE, SIDE, 3] },
  preprocessing: {
    resize: { shortSide: 2, interpolation: 'bilinear', antialias: true },
    crop: SIDE,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
} as const;
const VALUES = 3 * SIDE * SIDE;

function smallApp() {
  const runs: FakeRun[] = [];
  const classifier = fakeClassifier(({ images, ...run }) => {
    runs.push({ images: images.slice(), ...run });
  }, small as never);
  return { runs, ...testApp({ classifier: Promise.resolve(classifier) }) };
}

const tensor = (count: number) => Float32Array.from({ length: count * VALUES }, (_, index) => index / 8);
const tensorRequest = (data: object, changes: object = {}) => ({
  inputs: [{ name: 'input', datatype: 'FP32', shape: [1, 3, SIDE, SIDE], ...data }],
  ...changes,
});
const photoRequest = (data: object, changes: object = {}) => ({
  inputs: [{ name: 'image', datatype: 'BYTES', shape: [1], ...data }],
  ...changes,
});
const TENSORS = '/v2/models/fake/infer';
const PHOTOS = '/v2/models/fake-image/infer';

describe('a tensor', () => {
  const nested = (values: Float32Array) =>
    [0, 1, 2].map((channel) =>
      [0, 1].map((y) => [...values.subarray(channel * 4 + y * 2, channel * 4 + y * 2 + 2)]),
    );

  test.each([
    ['flat JSON', () => inferInit(tensorRequest({ data: [...tensor(1)] }))],
    ['nested JSON', () => inferInit(tensorRequest({ data: [nested(tensor(1))] }))],
    [
      'binary data',
      () => inferInit(tensorRequest({ parameters: { binary_data_size: VALUES * 4 } }), floatBytes(tensor(1))),
    ],
    [
      'binary data that is not aligned',
      () =>
        inferInit(
          tensorRequest({ parameters: { binary_data_size: VALUES * 4 } }, { id: '1' }),
          floatBytes(tensor(1)),
        ),
    ],
    [
      'a raw body',
      () => ({
        method: 'POST',
        headers: { 'inference-header-content-length': '0' },
        body: floatBytes(tensor(1)) as Uint8Array<ArrayBuffer>,
      }),
    ],
  ] as const)('as %s reaches the model in the layout of its graph', async (_how, init) => {
    const { runs, ...service } = smallApp();
    const { status } = await send(service, TENSORS, init());
    expect(status).toBe(200);
    // NHWC from NCHW.
    expect([...(runs[0]?.images ?? [])]).toEqual(
      [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11].map((one) => one / 8),
    );
  });

  test('gets the scores of the model in JSON', async () => {
    const answer = await send(
      smallApp(),
      TENSORS,
      inferInit(tensorRequest({ data: [...tensor(1)] }, { id: 'a1' })),
    );
    expect(answer.contentType).toBe('application/json');
    expect(answer.json).toMatchObject({ model_name: 'fake', model_version: '9.9.9', id: 'a1' });
    const [output] = answer.json['outputs'] as { data: number[] }[];
    expect(output).toMatchObject({ name: 'logits', datatype: 'FP32', shape: [1, 1000] });
    expect(output?.data.slice(0, 9)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 0]);
  });

  test.each([
    ['for all outputs', { parameters: { binary_data_output: true } }],
    ['for the output', { outputs: [{ name: 'logits', parameters: { binary_data: true } }] }],
    [
      'for the output, which overrides the one for all',
      {
        parameters: { binary_data_output: false },
        outputs: [{ name: 'logits', parameters: { binary_data: true } }],
      },
    ],
  ])('gets binary data if the request asks for it %s', async (_how, changes) => {
    const answer = await send(
      smallApp(),
      TENSORS,
      inferInit(tensorRequest({ data: [...tensor(1)] }, changes)),
    );
    expect(answer.contentType).toBe('application/octet-stream');
    const [output] = answer.json['outputs'] as object[];
    expect(output).toEqual({
      name: 'logits',
      datatype: 'FP32',
      shape: [1, 1000],
      parameters: { binary_data_size: 4000 },
    });
    expect([...floatsOf(answer.binary).subarray(0, 9)]).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 0]);
  });

  test('has no id if the request has none', async () => {
    const { json } = await send(smallApp(), TENSORS, inferInit(tensorRequest({ data: [...tensor(1)] })));
    expect(json).not.toHaveProperty('id');
  });

  test('of 16 images is one request', async () => {
    const service = smallApp();
    const answer = await send(
      service,
      '/v2/models/fake/versions/9.9.9/infer',
      inferInit(
        tensorRequest({ shape: [16, 3, SIDE, SIDE], parameters: { binary_data_size: 16 * VALUES * 4 } }),
        floatBytes(tensor(16)),
      ),
    );
    expect(answer.json['outputs']).toMatchObject([{ shape: [16, 1000] }]);
    expect(service.runs.reduce((sum, { count }) => sum + count, 0)).toBe(16);
    expect(service.requests[0]).toMatchObject({
      route: '/v2/models/:name/versions/:version/infer',
      status: 200,
      tensors: 16,
      model: { name: 'fake', version: '9.9.9' },
      decodeMs: expect.any(Number),
      inferenceMs: expect.any(Number),
    });
  });

  test('may have fields and parameters that the protocol does not know', async () => {
    const changes = { model_name: 'x', parameters: { priority: 1, mine: 'a' }, outputs: [] };
    const { status } = await send(
      smallApp(),
      `${TENSORS}?any=parameter`,
      inferInit(tensorRequest({ data: [...tensor(1)], x: 1 }, changes)),
    );
    expect(status).toBe(200);
  });
});

describe('classification', () => {
  const classify = async (classification: unknown, binary_data = false) =>
    send(
      smallApp(),
      TENSORS,
      inferInit(
        tensorRequest(
          { data: [...tensor(1)] },
          { outputs: [{ name: 'logits', parameters: { classification, binary_data } }] },
        ),
      ),
    );

  test('gives values, indices and labels', async () => {
    const { json } = await classify(2);
    expect(json['outputs']).toEqual([
      { name: 'logits', datatype: 'BYTES', shape: [1, 2], data: ['11:7:cock', '10:6:stingray'] },
    ]);
  });

  test('gives them in binary', async () => {
    const { json, binary } = await classify(1, true);
    expect(json['outputs']).toMatchObject([
      { datatype: 'BYTES', shape: [1, 1], parameters: { binary_data_size: 13 } },
    ]);
    expect(binary.readUInt32LE(0)).toBe(9);
    expect(binary.toString('utf8', 4)).toBe('11:7:cock');
  });

  test('of more classes than there are gives all', async () => {
    expect((await classify(100_000)).json['outputs']).toMatchObject([
      { datatype: 'BYTES', shape: [1, 1000] },
    ]);
  });

  test('of 0 classes is none', async () => {
    expect((await classify(0)).json['outputs']).toMatchObject([{ datatype: 'FP32', shape: [1, 1000] }]);
  });

  test.each([-1, 1.5, '5', true])('of %j classes is refused', async (count) => {
    expect(await classify(count)).toMatchObject({
      status: 400,
      json: {
        error: expect.stringMatching(
          /^body\.outputs\.0\.parameters\.classification: expected a whole number of at least 0, got /,
        ),
      },
    });
  });
});

describe('photos', () => {
  test.each([
    ['base64 in JSON', () => inferInit(photoRequest({ data: [base64] }))],
    [
      'binary data',
      () => {
        const bytes = byteStrings(cat);
        return inferInit(photoRequest({ parameters: { binary_data_size: bytes.length } }), bytes);
      },
    ],
    [
      'a raw body',
      () => ({ method: 'POST', headers: { 'inference-header-content-length': '0' }, body: cat }),
    ],
  ] as const)('as %s are decoded and logged', async (_how, init) => {
    const service = testApp();
    const answer = await send(service, PHOTOS, init());
    expect(answer.json['outputs']).toMatchObject([
      { name: 'probabilities', datatype: 'FP32', shape: [1, 1000] },
    ]);
    expect(service.requests[0]).toMatchObject({
      route: '/v2/models/:name/infer',
      status: 200,
      model: { name: 'fake', version: '9.9.9' },
      images: [{ format: 'jpeg', width: 451, height: 300, topIndex: 7 }],
      decodeMs: expect.any(Number),
      inferenceMs: expect.any(Number),
    });
    expect(answer.headers.get('server-timing')).toMatch(/decode;dur=/);
  });

  test('as a raw body are answered in binary', async () => {
    const answer = await send(testApp(), PHOTOS, {
      method: 'POST',
      headers: { 'inference-header-content-length': '0' },
      body: cat,
    });
    expect(answer.contentType).toBe('application/octet-stream');
    expect(answer.binary.length).toBe(4000);
  });

  test('that cannot be decoded refuse the request and say which one', async () => {
    const service = testApp();
    const bytes = byteStrings(cat, cat, Buffer.from('not a photo'));
    const answer = await send(
      service,
      PHOTOS,
      inferInit(photoRequest({ shape: [3], parameters: { binary_data_size: bytes.length } }), bytes),
    );
    expect(answer).toMatchObject({
      status: 415,
      contentType: 'application/json',
      json: { error: expect.stringMatching(/^body\.inputs\.0\.data\.2: /) },
    });
    expect(service.requests[0]).toMatchObject({ failedImages: ['unsupported_media_type'] });
  });

  test('may take together as long to decode as one photo of /predict', async () => {
    // Almost 1 s each, as estimated.
    const slow = progressiveJpeg(8000, 6000, 19);
    const bytes = byteStrings(...Array.from({ length: 12 }, () => slow));
    const answer = await send(
      testApp({}, { MAX_BATCH_PIXELS: '1000000000' }),
      PHOTOS,
      inferInit(photoRequest({ shape: [12], parameters: { binary_data_size: bytes.length } }), bytes),
    );
    expect(answer).toMatchObject({
      status: 422,
      json: { error: expect.stringMatching(/at most 10 s of CPU time to decode together, got .* \d+ s\.$/) },
    });
  });

  test.each([
    ['empty', Buffer.alloc(0)],
    ['broken', Buffer.from(cat).subarray(0, 300)],
  ])('that are %s are refused', async (_what, photo) => {
    const bytes = byteStrings(photo);
    const answer = await send(
      testApp(),
      PHOTOS,
      inferInit(photoRequest({ parameters: { binary_data_size: bytes.length } }), bytes),
    );
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.json['error']).toMatch(/^body\.inputs\.0\.data\.0: /);
  });
});

describe('a request that is wrong', () => {
  const json = (changes: object) => inferInit(tensorRequest({ data: [...tensor(1)], ...changes }));
  const binary = (size: number, sent: number, changes: object = {}) =>
    inferInit(tensorRequest({ parameters: { binary_data_size: size }, ...changes }), Buffer.alloc(sent));
  const whole = (changes: object) => inferInit(tensorRequest({ data: [...tensor(1)] }, changes));
  const text = (body: string, headers: Record<string, string> = {}) => ({ method: 'POST', body, headers });

  test.each([
    ['no JSON', text('x'), 'The request body is not valid JSON.'],
    ['nothing', text(''), 'The request body is not valid JSON.'],
    ['an array', text('[]'), 'The request body is not a JSON object.'],
    ['no inputs', inferInit({}), 'body.inputs: expected an array, got nothing.'],
    ['inputs twice', text('{"inputs":[],"inputs":[]}'), 'body.inputs: expected an array, got 2 values.'],
    ['an empty list', inferInit({ inputs: [] }), 'body.inputs: expected one input, input, got 0.'],
    ['two inputs', inferInit({ inputs: [{}, {}] }), 'body.inputs: expected one input, input, got 2.'],
    ['an input of text', inferInit({ inputs: ['x'] }), 'body.inputs.0: expected an object, got "x".'],
    ['another name', json({ name: 'x' }), 'body.inputs.0.name: expected "input", got "x".'],
    ['another datatype', json({ datatype: 'INT8' }), 'body.inputs.0.datatype: expected "FP32", got "INT8".'],
    ['no datatype', json({ datatype: undefined }), 'body.inputs.0.datatype: expected "FP32", got nothing.'],
    [
      'no shape',
      json({ shape: undefined }),
      'body.inputs.0.shape: expected [1 to 16, 3, 2, 2], got nothing.',
    ],
    ['another shape', json({ shape: [1, 2, 2, 3] }), 'expected [1 to 16, 3, 2, 2], got [1, 2, 2, 3].'],
    ['too few dimensions', json({ shape: [3, 2, 2] }), 'expected [1 to 16, 3, 2, 2], got [3, 2, 2].'],
    ['an empty batch', json({ shape: [0, 3, 2, 2] }), 'expected [1 to 16, 3, 2, 2], got [0, 3, 2, 2].'],
    ['a negative batch', json({ shape: [-1, 3, 2, 2] }), 'expected [1 to 16, 3, 2, 2], got [-1, 3, 2, 2].'],
    [
      'a batch that is too large',
      json({ shape: [17, 3, 2, 2] }),
      'expected [1 to 16, 3, 2, 2], got [17, 3, 2, 2].',
    ],
    ['half a batch', json({ shape: [1.5, 3, 2, 2] }), 'expected [1 to 16, 3, 2, 2], got [1.5, 3, 2, 2].'],
    ['sizes that overflow', json({ shape: [2 ** 62, 2 ** 62, 2 ** 62, 4] }), 'got [4611686018427388000, '],
    ['text as a size', json({ shape: ['1', 3, 2, 2] }), 'got [?, 3, 2, 2].'],
    ['a hundred dimensions', json({ shape: Array(100).fill(1) }), 'got [1, 1, 1, 1, 1, 1, 1, 1, …].'],
    ['no data', json({ data: undefined }), 'body.inputs.0.data: expected an array, or binary data'],
    ['data of text', json({ data: 'x' }), 'body.inputs.0.data: expected an array, or binary data'],
    ['too few numbers', json({ data: [1] }), 'body.inputs.0.data: expected 12 numbers in each array'],
    [
      'a batch with the data of one',
      json({ shape: [2, 3, 2, 2] }),
      'expected 24 numbers in each array of this depth, got 12',
    ],
    ['strings for numbers', json({ data: ['1'] }), 'got "1" (position 0).'],
    [
      'data that is not read, and no JSON',
      text(
        JSON.stringify(tensorRequest({ data: [...tensor(1)] }, { x: { data: [] } })).replace(
          '[]',
          '[:"a" 1]',
        ),
      ),
      'body: expected 1 array named data, got 2.',
    ],
    [
      'data twice',
      text(JSON.stringify(tensorRequest({ data: [...tensor(1)] })).replace('"data"', '"data":[1],"data"')),
      'body: expected 1 array named data, got 2.',
    ],
    [
      'binary data, and other data',
      inferInit(
        tensorRequest({ parameters: { binary_data_size: 48 } }, { x: { data: [1] } }),
        Buffer.alloc(48),
      ),
      'body: expected no array named data, got 1.',
    ],
    [
      'both kinds of data',
      json({ parameters: { binary_data_size: 48 } }),
      'expected this or body.inputs.0.data, got both.',
    ],
    [
      'a size that is not that of the shape',
      binary(44, 44),
      'binary_data_size: expected 48 bytes, as the shape says, got 44.',
    ],
    ['a negative size', binary(-48, 48), 'binary_data_size: expected a whole number of at least 0, got -48.'],
    [
      'a size of text',
      binary('48' as never, 48),
      'binary_data_size: expected a whole number of at least 0, got "48".',
    ],
    [
      'fewer bytes than the size',
      binary(48, 47),
      'binary_data_size: expected the 47 bytes after the JSON, got 48.',
    ],
    [
      'more bytes than the size',
      binary(48, 49),
      'binary_data_size: expected the 49 bytes after the JSON, got 48.',
    ],
    [
      'bytes of no input',
      inferInit(tensorRequest({ data: [...tensor(1)] }), Buffer.alloc(1)),
      'body: expected nothing after the JSON, got 1 bytes of no input.',
    ],
    [
      'binary data without its header',
      text(JSON.stringify(tensorRequest({ parameters: { binary_data_size: 48 } }))),
      'expected the 0 bytes after the JSON, got 48.',
    ],
    [
      'shared memory',
      json({ data: undefined, parameters: { shared_memory_region: 'x' } }),
      'does not have the shared memory extension',
    ],
    [
      'parameters of text',
      json({ parameters: 'x' }),
      'body.inputs.0.parameters: expected an object, got "x".',
    ],
    ['an id of numbers', whole({ id: 1 }), 'body.id: expected a string, got 1.'],
    [
      'another output',
      whole({ outputs: [{ name: 'x' }] }),
      'body.outputs.0.name: expected "logits", got "x".',
    ],
    [
      'an output twice',
      whole({ outputs: [{ name: 'logits' }, { name: 'logits' }] }),
      'body.outputs.1.name: expected each output once, got logits twice.',
    ],
    ['outputs of text', whole({ outputs: 'logits' }), 'body.outputs: expected an array, got "logits".'],
    [
      'a flag of text',
      whole({ parameters: { binary_data_output: 'true' } }),
      'body.parameters.binary_data_output: expected true or false, got "true".',
    ],
    [
      'a header length beyond the body',
      text('{}', { 'inference-header-content-length': '3' }),
      'header.inference-header-content-length: expected a number of bytes up to that of the body, 2, got 3.',
    ],
    ['a header length of text', text('{}', { 'inference-header-content-length': '0x2' }), 'got 0x2.'],
    ['a negative header length', text('{}', { 'inference-header-content-length': '-1' }), 'got -1.'],
    [
      'a header length that cuts the JSON',
      text('{"inputs":[]}', { 'inference-header-content-length': '5' }),
      'The request body is not valid JSON.',
    ],
    [
      'a raw body of another size',
      { method: 'POST', body: 'x', headers: { 'inference-header-content-length': '0' } },
      'body: expected the 48 bytes of one input of [1, 3, 2, 2], got 1.',
    ],
  ])('%s: 400 that says what was expected', async (_what, init, error) => {
    const service = smallApp();
    const answer = await send(service, TENSORS, init as RequestInit);
    expect(answer.json).toEqual({ error: expect.stringContaining(error) });
    expect(answer).toMatchObject({ status: 400, contentType: 'application/json' });
    expect(JSON.stringify(answer.json).length).toBeLessThan(400);
    expect(service.runs).toEqual([]);
  });

  test('for photos, numbers: 400', async () => {
    const { status, json: body } = await send(testApp(), PHOTOS, inferInit(photoRequest({ data: [1] })));
    expect([status, body]).toEqual([
      400,
      {
        error:
          'body.inputs.0.data: expected an array of base64 strings, 1 as the shape says, got something else at position 0.',
      },
    ]);
  });

  test('for photos, text that is not base64: 400 with its position', async () => {
    const answer = await send(
      testApp(),
      PHOTOS,
      inferInit(photoRequest({ shape: [2], data: [base64, '!'] })),
    );
    expect(answer.json['error']).toMatch(/^body\.inputs\.0\.data\.1: expected base64/);
  });
});

describe('values that JSON cannot hold', () => {
  const broken = fakeClassifier(undefined, small as never);
  const app = () =>
    testApp({
      classifier: Promise.resolve({
        ...broken,
        run: async () => [{ scores: Float32Array.from({ length: 1000 }, () => Number.NaN) }],
      }),
    });
  const values = tensor(1).fill(Number.NaN);
  const init = (changes: object) =>
    inferInit(tensorRequest({ parameters: { binary_data_size: VALUES * 4 } }, changes), floatBytes(values));

  test('come and go in binary', async () => {
    const answer = await send(app(), TENSORS, init({ parameters: { binary_data_output: true } }));
    expect(answer.status).toBe(200);
    expect(floatsOf(answer.binary)[0]).toBeNaN();
  });

  test('are refused in JSON', async () => {
    expect(await send(app(), TENSORS, init({}))).toMatchObject({
      status: 400,
      json: { error: expect.stringContaining('binary_data: expected true') },
    });
  });
});

describe('statistics', () => {
  test('count the requests and the items of each model', async () => {
    const service = smallApp();
    await send(service, TENSORS, inferInit(tensorRequest({ data: [...tensor(1)] })));
    const two = { shape: [2, 3, SIDE, SIDE], data: [...tensor(2)] };
    await send(service, TENSORS, inferInit(tensorRequest(two)));
    await send(service, TENSORS, inferInit({}));
    const { json } = await send(service, '/v2/models/fake/stats');
    const [stats] = json['model_stats'] as Record<string, never>[];
    expect(stats).toMatchObject({
      name: 'fake',
      version: '9.9.9',
      inference_count: 3,
      inference_stats: { success: { count: 2 }, fail: { count: 1 }, compute_infer: { count: 2 } },
    });
    expect(Date.now() - Number(stats?.['last_inference'])).toBeLessThan(60_000);
    const all = (await send(service, '/v2/models/stats')).json['model_stats'] as Record<string, unknown>[];
    expect(all.map(({ name, inference_count }) => [name, inference_count])).toEqual([
      ['fake', 3],
      ['fake-image', 0],
    ]);
  });
});
