import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Capture } from '../../lambda/capture/capture.ts';
import type { Environment } from '../../lambda/config.ts';
import { gatewayHandler } from '../../lambda/http/gateway.ts';
import { progressiveJpeg } from '../hostile/bombs.ts';
import { type TestDependencies, testApp } from '../support/app.ts';
import { EMBEDDING_VALUES, fakeEmbedding, featureClassifier } from '../support/features.ts';
import { httpEvent, lambdaContext, restEvent } from '../support/lambda-events.ts';
import { fakeClassifier, readRepositoryFile } from '../support/model.ts';
import { type Answer, answerOf, expectDocumented, expectProblem } from '../support/openapi.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const noImage = new TextEncoder().encode('no image');
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
/** An image of one colour, which the fake model's embedding shows. @param red 0..255 */
const plain = async (red: number) =>
  new Uint8Array(
    await sharp({ create: { width: 224, height: 224, channels: 3, background: { r: red, g: 0, b: 0 } } })
      .png()
      .toBuffer(),
  );
const [dark, bright] = await Promise.all([plain(10), plain(250)]);
const embeddingOf = (red: number) => fakeEmbedding((red / 255 - 0.485) / 0.229).map(Math.fround);

const appWith = (dependencies: TestDependencies = {}, environment: Environment = {}) =>
  testApp({ classifier: Promise.resolve(featureClassifier()), ...dependencies }, environment);
const { request } = appWith();

const json = (fields: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(fields),
});
const raw = (body: Uint8Array<ArrayBuffer>): RequestInit => ({ method: 'POST', body });
function form(images: readonly Uint8Array<ArrayBuffer>[], ...normalize: readonly string[]): RequestInit {
  const body = new FormData();
  for (const image of images) body.append('file', new Blob([image]), 'image');
  for (const value of normalize) body.append('normalize', value);
  return { method: 'POST', body };
}
const asBytes = ({ headers, ...init }: RequestInit): RequestInit => ({
  ...init,
  headers: { ...(headers as Record<string, string>), accept: 'application/octet-stream' },
});

async function post(query: string, init: RequestInit): Promise<Answer> {
  const answer = await answerOf(await request(`/embed${query}`, init));
  expectDocumented('POST', '/embed', answer);
  return answer;
}

type Item = {
  readonly index: number;
  readonly embedding?: readonly number[];
  readonly image?: object;
  readonly problem?: object;
};
function itemsOf({ status, body }: Answer): readonly Item[] {
  expect(status, JSON.stringify(body)).toBe(200);
  return (body as { readonly embeddings: readonly Item[] }).embeddings;
}

/** The numbers of an answer in bytes, by image. */
async function rowsOf(response: Response): Promise<readonly (readonly number[])[]> {
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  const view = new DataView(await response.arrayBuffer());
  const dimensions = Number(response.headers.get('x-embedding-dimensions'));
  const count = Number(response.headers.get('x-embedding-count'));
  expect(view.byteLength).toBe(count * dimensions * 4);
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: dimensions }, (_, column) => view.getFloat32(4 * (row * dimensions + column), true)),
  );
}

describe('an image', () => {
  test.each([
    ['a raw body', raw(dark)],
    ['a form', form([dark])],
    ['JSON with image', json({ image: base64(dark) })],
    ['JSON with images', json({ images: [base64(dark)] })],
    ['a data URL', json({ image: `data:image/png;base64,${base64(dark)}` })],
  ])('in %s becomes an embedding', async (_where, init) => {
    const answer = await post('', init);
    expect(answer.body).toMatchObject({
      model: { name: 'fake', version: '9.9.9' },
      dimensions: EMBEDDING_VALUES,
      normalized: false,
      embeddings: [{ index: 0, image: { format: 'png', width: 224, height: 224, bytes: dark.byteLength } }],
    });
    expect(itemsOf(answer)[0]?.embedding?.map(Math.fround)).toEqual([
      expect.closeTo(embeddingOf(10)[0] as number, 5),
      ...embeddingOf(10).slice(1),
    ]);
    expect(await rowsOf(await request('/embed', asBytes(init)))).toEqual([
      itemsOf(answer)[0]?.embedding?.map(Math.fround),
    ]);
  });

  test('has numbers of few digits in JSON', async () => {
    expect(JSON.stringify(itemsOf(await post('', raw(dark)))[0]?.embedding?.slice(1))).toBe(
      '[0,0.1,-2.5,1e-7,3]',
    );
  });

  test.each([
    ['no image', 415, 'unsupported_media_type', raw(noImage)],
    ['a broken image', 422, 'invalid_image', raw(cat.slice(0, 20_000))],
    ['a broken image in a form', 422, 'invalid_image', form([cat.slice(0, 20_000)])],
    ['no base64', 400, 'invalid_request', json({ image: '!' })],
    ['no base64 in a list of one', 400, 'invalid_request', json({ images: ['!'] })],
    [
      'JSON without its content type',
      415,
      'unsupported_media_type',
      { method: 'POST', body: '{"image":"eA=="}' },
    ],
  ] as const)('that is %s has the same problem in each format', async (_what, status, code, init) => {
    expectProblem(await post('', init), status, code);
    expectProblem(await answerOf(await request('/embed', asBytes(init))), status, code);
  });
});

describe('several images', () => {
  test.each([
    ['a form', form([dark, bright, dark])],
    ['JSON', json({ images: [dark, bright, dark].map(base64) })],
  ])('in %s have embeddings in their order', async (_where, init) => {
    const items = itemsOf(await post('', init));
    const firsts = [10, 250, 10].map((red) => embeddingOf(red)[0] as number);
    expect(items.map(({ index }) => index)).toEqual([0, 1, 2]);
    items.forEach(({ embedding }, index) => {
      expect(embedding?.[0]).toBeCloseTo(firsts[index] as number, 5);
    });
    const rows = await rowsOf(await request('/embed', asBytes(init)));
    expect(rows).toEqual(items.map(({ embedding }) => embedding?.map(Math.fround)));
  });

  test('may be sixteen, of which a broken one has a problem', async () => {
    const images = Array.from({ length: 16 }, (_, index) => (index === 7 ? noImage : dark));
    for (const init of [form(images), json({ images: images.map(base64) })]) {
      const items = itemsOf(await post('', init));
      expect(items.map(({ embedding }) => embedding?.length)).toEqual(
        images.map((_, index) => (index === 7 ? undefined : EMBEDDING_VALUES)),
      );
      expect(items[7]).toMatchObject({ index: 7, problem: { code: 'unsupported_media_type', status: 415 } });
    }
  });

  test.each([
    ['a form', 'body.file.1', form([dark, noImage, bright, noImage])],
    ['JSON', 'body.images.1', json({ images: [dark, noImage, bright].map(base64) })],
  ])('as bytes fail together, and the problem names the one in %s', async (_where, field, init) => {
    const answer = await answerOf(await request('/embed', asBytes(init)));
    expectDocumented('POST', '/embed', answer);
    expectProblem(answer, 415, 'unsupported_media_type');
    expect(answer.body).toMatchObject({
      fields: [{ field, message: expect.stringMatching(/^Expected a JPEG/) }],
    });
    expect((answer.body as { detail: string }).detail).toMatch(new RegExp(`^${field}: Expected a JPEG`));
  });

  test('as bytes: one that is no base64 is named once', async () => {
    const answer = await answerOf(await request('/embed', asBytes(json({ images: [base64(dark), '!'] }))));
    expectProblem(answer, 400, 'invalid_request');
    expect((answer.body as { detail: string }).detail.match(/body\.images\.1/g)).toHaveLength(1);
  });

  test.each([
    ['seventeen files', form(Array(17).fill(dark)), 'body.file', 'expected 1 to 16 images, got 17'],
    ['no file', form([], 'true'), 'body.file', 'expected 1 to 16 images, got 0'],
    [
      'seventeen strings',
      json({ images: Array(17).fill('eA==') }),
      'body.images',
      'expected 1 to 16 images, got 17',
    ],
    ['no string', json({ images: [] }), 'body.images', 'expected 1 to 16 images, got 0'],
    ['no list', json({ images: 'eA==' }), 'body.images', 'expected an array of base64 strings'],
    ['no field', json({}), 'body', 'expected image or images, got neither'],
    ['both fields', json({ image: 'eA==', images: ['eA=='] }), 'body', 'expected image or images, got both'],
    [
      'another field',
      json({ file: 'eA==' }),
      'body.file',
      'unknown field, expected image, images or normalize',
    ],
    [
      'top_k',
      json({ image: 'eA==', top_k: 3 }),
      'body.top_k',
      'unknown field, expected image, images or normalize',
    ],
  ])('%s are refused', async (_what, init, field, message) => {
    const answer = await post('', init);
    expectProblem(answer, 400, 'invalid_request');
    expect(answer.body).toMatchObject({ fields: [{ field, message }] });
  });

  test('may take no longer to decode than one image', async () => {
    // Almost 1 s each, as estimated.
    const slow = new Uint8Array(progressiveJpeg(8000, 6000, 19));
    const { request } = appWith({}, { MAX_BATCH_PIXELS: '1000000000' });
    const init = form(Array(12).fill(slow));
    const answer = await answerOf(await request('/embed', init));
    expectDocumented('POST', '/embed', answer);
    expectProblem(answer, 422, 'decode_too_costly');
    expect((answer.body as { detail: string }).detail).toContain('to decode together');
  });

  test('may each have no more bytes than one image', async () => {
    const { config } = appWith({});
    const large = new Uint8Array(config.limits.maxImageBytes + 1);
    large.set(cat);
    expectProblem(await post('', form([large])), 413, 'image_too_large');
    expectProblem(await post('', raw(large)), 413, 'image_too_large');
    expect(itemsOf(await post('', form([dark, large])))[1]).toMatchObject({
      problem: { code: 'image_too_large' },
    });
  });
});

describe('normalize', () => {
  const unit = (red: number) => {
    const vector = embeddingOf(red);
    return vector.map((value) => value / Math.hypot(...vector));
  };
  test.each([
    ['the query', '?normalize=true', raw(dark)],
    ['a form', '', form([dark], 'true')],
    ['a form of Python', '', form([dark], 'True')],
    ['JSON', '', json({ image: base64(dark), normalize: true })],
    ['both', '?normalize=true', json({ image: base64(dark), normalize: true })],
  ])('in %s gives vectors of the length 1', async (_where, query, init) => {
    const answer = await post(query, init);
    const [item] = itemsOf(answer);
    expect(answer.body).toMatchObject({ normalized: true });
    item?.embedding?.forEach((value, at) => {
      expect(value).toBeCloseTo(unit(10)[at] as number, 5);
    });
    expect(Math.hypot(...(item?.embedding ?? []))).toBeCloseTo(1, 6);
    const rows = await rowsOf(await request(`/embed${query}`, asBytes(init)));
    expect(rows).toEqual([item?.embedding?.map(Math.fround)]);
  });

  test('leaves a vector of zeros as it is', async () => {
    const zero = fakeClassifier(undefined, featureClassifier().manifest, {
      extrasOf: () => ({ embedding: new Float32Array(EMBEDDING_VALUES) }),
    });
    const app = appWith({ classifier: Promise.resolve(zero) });
    const answer = await answerOf(await app.request('/embed?normalize=true', raw(dark)));
    expect(itemsOf(answer)[0]?.embedding).toEqual(Array(EMBEDDING_VALUES).fill(0));
  });

  test.each([
    ['another word', '?normalize=yes', raw(dark), 'query.normalize', 'expected true or false, got "yes"'],
    ['a number', '?normalize=1', raw(dark), 'query.normalize', 'expected true or false, got 1'],
    [
      'twice',
      '?normalize=true&normalize=true',
      raw(dark),
      'query.normalize',
      'expected true or false, got 2 values: "true" and "true"',
    ],
    [
      'twice in a form',
      '',
      form([dark], 'true', 'false'),
      'body.normalize',
      'expected true or false, got 2 values: "true" and "false"',
    ],
    [
      'a number in JSON',
      '',
      json({ image: 'eA==', normalize: 1 }),
      'body.normalize',
      'expected true or false, got 1',
    ],
    [
      'text in JSON',
      '',
      json({ image: 'eA==', normalize: 'true' }),
      'body.normalize',
      'expected true or false, got "true"',
    ],
    [
      'another value in the body',
      '?normalize=false',
      form([dark], 'true'),
      'query.normalize',
      'expected true as in the body, got false',
    ],
    [
      'explain',
      '?explain=true',
      raw(dark),
      'query.explain',
      'unknown parameter, expected normalize or model',
    ],
  ])('%s is refused', async (_what, query, init, field, message) => {
    const answer = await post(query, init);
    expectProblem(answer, 400, 'invalid_request');
    expect(answer.body).toMatchObject({ fields: expect.arrayContaining([{ field, message }]) });
  });
});

describe('the format', () => {
  const withAccept = (accept: string) => request('/embed', { ...raw(dark), headers: { accept } });

  test.each(['application/octet-stream', 'application/json;q=0.9, application/octet-stream'])(
    'is bytes for Accept: %s',
    async (accept) => {
      expect(await rowsOf(await withAccept(accept))).toHaveLength(1);
    },
  );

  test.each(['*/*', 'application/json', 'application/octet-stream;q=0', 'image/png'])(
    'is JSON for Accept: %s',
    async (accept) => {
      expect(itemsOf(await answerOf(await withAccept(accept)))).toHaveLength(1);
    },
  );

  test('of values that JSON cannot hold is bytes', async () => {
    const broken = fakeClassifier(undefined, featureClassifier().manifest, {
      extrasOf: () => ({ embedding: new Float32Array(EMBEDDING_VALUES).fill(Number.NaN) }),
    });
    const app = appWith({ classifier: Promise.resolve(broken) });
    const answer = await answerOf(await app.request('/embed', raw(dark)));
    expectProblem(answer, 400, 'invalid_request');
    expect(answer.body).toMatchObject({
      fields: [{ field: 'header.accept', message: expect.stringContaining('NaN and Infinity of image 0') }],
    });
    const [row] = await rowsOf(await app.request('/embed', asBytes(raw(dark))));
    expect(row).toEqual(Array(EMBEDDING_VALUES).fill(Number.NaN));
  });

  test.each([
    ['REST API (v1)', restEvent],
    ['HTTP API (v2)', httpEvent],
  ])('passes a %s unharmed', async (_gateway, event) => {
    const handler = gatewayHandler(appWith().app);
    const bytes = await handler(
      event({ method: 'POST', path: '/embed', body: dark, headers: { accept: 'application/octet-stream' } }),
      lambdaContext,
    );
    expect(bytes).toMatchObject({
      statusCode: 200,
      isBase64Encoded: true,
      headers: { 'x-embedding-dimensions': String(EMBEDDING_VALUES), 'x-embedding-count': '1' },
    });
    const body = Buffer.from(bytes.body, 'base64');
    expect(body.readFloatLE(4 * 3)).toBe(-2.5);
    const text = await handler(event({ method: 'POST', path: '/embed', body: dark }), lambdaContext);
    expect(text).toMatchObject({ statusCode: 200, isBase64Encoded: false });
    expect(JSON.parse(text.body)).toMatchObject({ dimensions: EMBEDDING_VALUES });
  });
});

describe('the record of a request', () => {
  test('counts the embeddings, and no predictions', async () => {
    const app = appWith();
    const response = await app.request('/embed', form([dark, noImage, bright]));
    const { timing_ms } = (await response.json()) as { timing_ms: Record<string, number> };
    expect(response.headers.get('server-timing')).toBe(
      `decode;dur=${timing_ms['decode']}, inference;dur=${timing_ms['inference']}, total;dur=${timing_ms['total']}`,
    );
    expect(app.requests.at(-1)).toMatchObject({
      route: '/embed',
      model: { name: 'fake', version: '9.9.9' },
      embeddings: 2,
      images: [],
      failedImages: ['unsupported_media_type'],
      decodeMs: expect.any(Number),
      inferenceMs: expect.any(Number),
    });
  });

  test('nothing is captured', async () => {
    const offered: unknown[] = [];
    const capture: Capture = { offer: (image) => offered.push(image), finish: async () => {} };
    const app = appWith({ capture });
    await app.request('/embed', raw(dark));
    expect(offered).toEqual([]);
    await app.request('/predict', raw(dark));
    expect(offered).toHaveLength(1);
  });
});

test('only the embedding is asked of the model, and predictions in the same run get none', async () => {
  const asked: (readonly string[])[] = [];
  const app = appWith({
    classifier: Promise.resolve(
      featureClassifier(({ extras }) => {
        asked.push(extras);
      }),
    ),
  });
  await app.request('/embed', raw(dark));
  expect(asked).toEqual([['embedding']]);
  const answers = await Promise.all([
    app.request('/predict', raw(dark)),
    app.request('/embed', raw(bright)),
    app.request('/predict?explain=true', raw(dark)),
  ]);
  const bodies = await Promise.all(answers.map((answer) => answer.json()));
  expect(bodies.map((body) => Object.keys(body as object).filter((key) => /e[mx]b?/.test(key)))).toEqual([
    [],
    ['embeddings'],
    ['explanation'],
  ]);
});

describe('a model without an embedding', () => {
  const plainApp = () => appWith({ classifier: Promise.resolve(fakeClassifier()) });

  test('says so before it reads the body', async () => {
    let isRead = false;
    const response = await plainApp().app.request('/embed', raw(dark), {
      readBody: async () => {
        isRead = true;
      },
    });
    const answer = await answerOf(response);
    expectDocumented('POST', '/embed', answer);
    expectProblem(answer, 422, 'unsupported_by_model');
    expect(answer.body).toMatchObject({
      detail:
        'Expected a model with an embedding, got fake@9.9.9, whose bundle has none. ' +
        'GET /models/fake@9.9.9 shows what it has.',
    });
    expect(isRead).toBe(false);
  });

  test('does not keep another from embedding', async () => {
    const other = featureClassifier(undefined, { name: 'other' });
    const app = testApp({ classifier: Promise.resolve(fakeClassifier()), others: [Promise.resolve(other)] });
    const answer = await answerOf(await app.request('/embed?model=other', raw(dark)));
    expect(answer).toMatchObject({ status: 200, body: { model: { name: 'other' } } });
    expectProblem(await answerOf(await app.request('/embed?model=vgg', raw(dark))), 404, 'model_not_found');
  });
});
