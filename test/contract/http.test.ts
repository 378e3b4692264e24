import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../lambda/errors.ts';
import { fixedEngine } from '../../scripts/lib/openapi/fixed-engine.ts';
import { testApp } from '../support/app.ts';
import { fakeClassifier, labels, readRepositoryFile } from '../support/model.ts';
import {
  answerOf,
  expectDocumented,
  expectProblem,
  GET_PATHS,
  isProtocol,
  MODEL_PATHS,
  OPERATIONS,
  requestPath,
} from '../support/openapi.ts';
import { PAGE_FILES } from '../support/pages.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const raw = (body: Uint8Array<ArrayBuffer>, type?: string): RequestInit => ({
  method: 'POST',
  headers: type ? { 'content-type': type } : {},
  body,
});
function form(
  ...files: readonly (readonly [field: string, bytes: Uint8Array<ArrayBuffer> | string])[]
): RequestInit {
  const body = new FormData();
  for (const [field, bytes] of files) {
    if (typeof bytes === 'string') body.append(field, bytes);
    else body.append(field, new Blob([bytes]), 'photo.jpg');
  }
  return { method: 'POST', body };
}

describe('POST /predict', () => {
  test.each([
    ['the field file of a form', form(['file', cat])],
    ['the body, as image/jpeg', raw(cat, 'image/jpeg')],
    ['the body, with the wrong type', raw(cat, 'image/png')],
    ['the body, as curl --data-binary sends it', raw(cat, 'application/x-www-form-urlencoded')],
    ['the body, without a type', raw(cat)],
    ['base64 in JSON', json({ image: base64(cat) })],
    ['a data URL in JSON', json({ image: `data:image/jpeg;base64,${base64(cat)}` })],
  ])('takes the image as %s', async (_how, init) => {
    const { request } = testApp();
    const response = await request('/predict', init);
    expect(response.headers.get('server-timing')).toMatch(
      /^decode;dur=[\d.]+, inference;dur=[\d.]+, total;dur=[\d.]+$/,
    );
    const answer = await answerOf(response);
    expectDocumented('POST', '/predict', answer);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        request_id: response.headers.get('x-request-id'),
        model: { name: 'fake', version: '9.9.9' },
        image: { format: 'jpeg', width: 451, height: 300, bytes: cat.byteLength },
        predictions: [7, 6, 5, 4, 3].map((index, place) => ({ rank: place + 1, ...labels[index] })),
      },
    });
  });

  test.each([
    ['1', 1],
    ['3', 3],
    ['1000', 1000],
  ])('top_k=%s returns %i classes', async (topK, count) => {
    const answer = await answerOf(await testApp().request(`/predict?top_k=${topK}`, raw(cat)));
    expectDocumented('POST', '/predict', answer);
    expect((answer.body as { predictions: unknown[] }).predictions).toHaveLength(count);
  });

  test.each(['0', '1001', '-1', '2.5', '', 'five', '1e2', '0x10', '99999'])(
    'top_k=%s is refused',
    async (topK) => {
      const answer = await answerOf(
        await testApp().request(`/predict?top_k=${encodeURIComponent(topK)}`, raw(cat)),
      );
      expectDocumented('POST', '/predict', answer);
      expectProblem(answer, 400, 'invalid_request');
      expect(answer.body).toMatchObject({ fields: [{ field: 'query.top_k' }] });
    },
  );

  test.each([
    ['nothing', raw(new Uint8Array()), 400, 'invalid_request'],
    ['text', raw(new TextEncoder().encode('hello, I am text')), 415, 'unsupported_media_type'],
    ['half a JPEG', raw(cat.slice(0, cat.length / 2)), 422, 'invalid_image'],
    ['too many bytes', raw(new Uint8Array(20_000_001)), 413, 'image_too_large'],
    ['a form without a file', form(['note', 'x']), 400, 'invalid_request'],
    ['a form whose file is text', form(['file', 'cat.jpg']), 400, 'invalid_request'],
    ['a form with two files', form(['file', cat], ['file', cat]), 400, 'invalid_request'],
    ['a form with another field', form(['image', cat]), 400, 'invalid_request'],
    ['a form without boundary', raw(cat, 'multipart/form-data'), 400, 'invalid_request'],
    ['a broken form', raw(cat, 'multipart/form-data; boundary=x'), 400, 'invalid_request'],
    ['a body that is not JSON', raw(cat, 'application/json'), 400, 'invalid_request'],
    ['a JSON array', json([base64(cat)]), 400, 'invalid_request'],
    ['JSON null', json(null), 400, 'invalid_request'],
    ['JSON without image', json({}), 400, 'invalid_request'],
    ['JSON with a number', json({ image: 5 }), 400, 'invalid_request'],
    ['JSON with an unknown field', json({ image: base64(cat), topk: 3 }), 400, 'invalid_request'],
    ['JSON with text that is not base64', json({ image: 'cat.jpg!' }), 400, 'invalid_request'],
    [
      'JSON with base64 of text',
      json({ image: base64(Buffer.from('hello, I am text')) }),
      415,
      'unsupported_media_type',
    ],
  ])('%s is refused with a problem', async (_what, init, status, code) => {
    const answer = await answerOf(await testApp().request('/predict', init));
    expectDocumented('POST', '/predict', answer);
    expectProblem(answer, status, code);
  });

  test('JSON without its content type is told what is missing', async () => {
    const body = new TextEncoder().encode(JSON.stringify({ image: base64(cat) }));
    const answer = await answerOf(
      await testApp().request('/predict', raw(body, 'application/x-www-form-urlencoded')),
    );
    expectDocumented('POST', '/predict', answer);
    expectProblem(answer, 415, 'unsupported_media_type');
    expect(answer.body).toMatchObject({
      detail: expect.stringContaining('set Content-Type: application/json'),
    });
  });

  test('the number of pixels is limited', async () => {
    const { request } = testApp({}, { MAX_PIXELS: '1000' });
    expectProblem(await answerOf(await request('/predict', raw(cat))), 422, 'too_many_pixels');
  });

  test('an internal error is logged, and not shown', async () => {
    const { request, requests } = testApp({
      classifier: Promise.resolve(
        fakeClassifier(() => {
          throw new Error('secret at /var/task/models');
        }),
      ),
    });
    const answer = await answerOf(await request('/predict', raw(cat)));
    expectDocumented('POST', '/predict', answer);
    expectProblem(answer, 500, 'internal');
    expect(JSON.stringify(answer.body)).not.toMatch(/secret|\/var|at .*\(/);
    expect(requests[0]?.error?.cause).toMatchObject({ message: 'secret at /var/task/models' });
  });
});

describe('POST /predict/url', () => {
  test('classifies the image at the URL', async () => {
    const fetched: string[] = [];
    const { request, requests } = testApp({
      fetchUrl: async (url, take) => {
        fetched.push(url);
        await take(cat);
      },
    });
    const answer = await answerOf(
      await request('/predict/url', json({ url: 'https://a.example/cat.jpg?key=secret', top_k: 2 })),
    );
    expectDocumented('POST', '/predict/url', answer);
    expect(answer).toMatchObject({
      status: 200,
      body: { image: { format: 'jpeg' }, predictions: [{ index: 7 }, { index: 6 }] },
    });
    expect(fetched).toEqual(['https://a.example/cat.jpg?key=secret']);
    expect(requests[0]?.sourceUrl, 'no query in the log').toBe('https://a.example/cat.jpg');
  });

  test.each([
    ['url_not_allowed', 403],
    ['url_fetch_failed', 502],
    ['url_timeout', 504],
    ['image_too_large', 413],
  ] as const)('%s is %i', async (code, status) => {
    const { request } = testApp({ fetchUrl: () => Promise.reject(new ServiceError(code, 'No.')) });
    const answer = await answerOf(await request('/predict/url', json({ url: 'https://a.example/' })));
    expectDocumented('POST', '/predict/url', answer);
    expectProblem(answer, status, code);
  });

  test.each([
    ['no URL', {}, 'body.url'],
    ['an empty URL', { url: '' }, 'body.url'],
    ['a URL without a scheme', { url: 'a.example/cat.jpg' }, 'body.url'],
    ['a URL that is a number', { url: 5 }, 'body.url'],
    ['a URL of 3000 characters', { url: `https://a.example/${'x'.repeat(3000)}` }, 'body.url'],
    ['top_k as text', { url: 'https://a.example/', top_k: '5' }, 'body.top_k'],
    ['top_k 0', { url: 'https://a.example/', top_k: 0 }, 'body.top_k'],
    ['more fields', { url: 'https://a.example/', topk: 5 }, 'body.topk'],
  ])('%s is refused, and the field is named', async (_what, body, field) => {
    const answer = await answerOf(await testApp().request('/predict/url', json(body)));
    expectDocumented('POST', '/predict/url', answer);
    expectProblem(answer, 400, 'invalid_request');
    expect(answer.body).toMatchObject({ fields: [{ field }] });
  });
});

describe('POST /predict/batch', () => {
  test.each([
    ['files of a form', form(['file', cat], ['file', readRepositoryFile('LICENSE')], ['file', cat])],
    ['base64 in JSON', json({ images: [base64(cat), base64(readRepositoryFile('LICENSE')), base64(cat)] })],
  ])('gives one result or one problem for each of the %s, in order', async (_how, init) => {
    const runs: number[] = [];
    const { request, requests } = testApp({
      classifier: Promise.resolve(fakeClassifier(({ count }) => void runs.push(count))),
    });
    const answer = await answerOf(await request('/predict/batch?top_k=1', init));
    expectDocumented('POST', '/predict/batch', answer);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        results: [
          { index: 0, predictions: [{ index: 7 }], image: { format: 'jpeg' } },
          { index: 1, problem: { status: 415, code: 'unsupported_media_type' } },
          { index: 2, predictions: [{ index: 7 }], image: { format: 'jpeg' } },
        ],
      },
    });
    expect(requests[0]?.failedImages).toEqual(['unsupported_media_type']);
    expect(runs, 'one run of the model for the two that decode').toEqual([2]);
  });

  test('invalid base64 is a problem of that item only', async () => {
    const answer = await answerOf(await testApp().request('/predict/batch', json({ images: ['!', 5] })));
    expectDocumented('POST', '/predict/batch', answer);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        results: [
          { index: 0, problem: { code: 'invalid_request', fields: [{ field: 'body.images.0' }] } },
          { index: 1, problem: { code: 'invalid_request', fields: [{ field: 'body.images.1' }] } },
        ],
      },
    });
  });

  const many = (count: number) => Array.from({ length: count }, () => base64(cat));
  test('16 images are accepted', async () => {
    const answer = await answerOf(await testApp().request('/predict/batch', json({ images: many(16) })));
    expectDocumented('POST', '/predict/batch', answer);
    expect((answer.body as { results: unknown[] }).results).toHaveLength(16);
  });

  test.each([
    ['17 images', json({ images: many(17) }), 400, 'invalid_request'],
    ['no images', json({ images: [] }), 400, 'invalid_request'],
    ['images that are not an array', json({ images: 'x' }), 400, 'invalid_request'],
    ['a form without files', form(['note', 'x']), 400, 'invalid_request'],
    ['the image as the body', raw(cat, 'image/jpeg'), 400, 'invalid_request'],
  ])('%s: the whole request is refused', async (_what, init, status, code) => {
    const answer = await answerOf(await testApp().request('/predict/batch', init));
    expectDocumented('POST', '/predict/batch', answer);
    expectProblem(answer, status, code);
  });
});

describe('health, readiness and the model', () => {
  test('a service that is ready answers 200', async () => {
    const { request } = testApp();
    await request('/predict', raw(cat));
    for (const path of GET_PATHS) {
      const answer = await answerOf(await request(requestPath(path, 'fake')));
      expect(answer.status, path).toBe(200);
      expectDocumented('GET', path, answer);
    }
  });

  test('while the model loads, the process is up but not ready, and predictions wait', async () => {
    const { promise, resolve } = Promise.withResolvers<ReturnType<typeof fakeClassifier>>();
    const { request } = testApp({ classifier: promise });
    expect((await request('/health')).status).toBe(200);
    for (const path of MODEL_PATHS) {
      const response = await request(path);
      expect(response.headers.get('retry-after')).toMatch(/^[12]$/);
      const answer = await answerOf(response);
      expectDocumented('GET', path, answer);
      expectProblem(answer, 503, 'not_ready');
      expect(answer.body).toMatchObject({ detail: 'The model is still loading.' });
    }
    const early = request('/predict', raw(cat));
    resolve(fakeClassifier());
    expect((await early).status).toBe(200);
    expect((await request('/ready')).status).toBe(200);
  });

  test('503 says that the model failed to load', async () => {
    const { request } = testApp({ classifier: Promise.reject(new Error('sha256 of /models/x')) });
    for (const [path, init] of [['/predict', raw(cat)], ['/ready']] as const) {
      const answer = await answerOf(await request(path, init));
      expectProblem(answer, 503, 'not_ready');
      expect(answer.body).toMatchObject({ detail: 'The model could not be loaded.' });
    }
  });
});

describe('requests with a body', () => {
  const paths = OPERATIONS.flatMap((operation) =>
    operation.method === 'POST' && !isProtocol(operation) ? [operation.path] : [],
  );

  test.each(paths)(
    'POST %s has a deadline: it is in PREDICTION_PATHS or in JOB_PATHS of lambda/http/app.ts',
    async (path) => {
      const { request } = testApp(
        { classifier: new Promise(() => {}), jobs: async () => fixedEngine([]) },
        { REQUEST_TIMEOUT_MS: '100' },
      );
      const endless: RequestInit = { ...json({}), body: new ReadableStream(), duplex: 'half' };
      const answer = await answerOf(await request(path, endless));
      expectDocumented('POST', path, answer);
      expectProblem(answer, 504, 'deadline_exceeded');
    },
  );
});

describe('everything else', () => {
  test.each([
    '/nope',
    '/predict/',
    '/predict/urls',
    '/PREDICT',
    '/../etc/passwd',
    '/docs/../../package.json',
  ])('GET %s is not found', async (path) => {
    expectProblem(await answerOf(await testApp().request(path)), 404, 'not_found');
  });

  test.each([
    ['GET', '/predict', 'POST'],
    ['PUT', '/predict/url', 'POST'],
    ['DELETE', '/predict/batch', 'POST'],
    ['POST', '/health', 'GET, HEAD'],
    ['PATCH', '/model', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
    ['GET', '/jobs', 'POST'],
    ['GET', '/uploads', 'POST'],
    ['GET', `/uploads/upl_${'0'.repeat(32)}`, 'PUT'],
    ['POST', `/jobs/job_${'0'.repeat(32)}`, 'GET, HEAD, DELETE'],
    ['DELETE', `/jobs/job_${'0'.repeat(32)}/results`, 'GET, HEAD'],
  ])('%s %s names the methods that are allowed', async (method, path, allow) => {
    const response = await testApp().request(path, { method });
    expect(response.headers.get('allow')).toBe(allow);
    expectProblem(await answerOf(response), 405, 'method_not_allowed');
  });

  test('HEAD answers as GET does, without a body', async () => {
    const response = await testApp().request('/health', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  test('the document is the one in the repository', async () => {
    const response = await testApp().request('/openapi.json');
    expect(await response.json()).toEqual(
      JSON.parse(Buffer.from(readRepositoryFile('docs/openapi.json')).toString()),
    );
  });

  test.each(PAGE_FILES)('the page file %s is served as %s', async (path, mediaType) => {
    const { status, headers } = await testApp().request(`${path}?v=2`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe(mediaType);
  });

  test.each([...PAGE_FILES.map(([path]) => path), '/predict', '/nope'])(
    '%s carries the security headers',
    async (path) => {
      const { headers } = await testApp().request(path);
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  test('a request id from the caller is used, unless it could do harm', async () => {
    const { request } = testApp();
    const idFor = async (id: string) =>
      (await request('/health', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await idFor('trace-0123456789')).toBe('trace-0123456789');
    expect(await idFor('short')).not.toBe('short');
    expect(await idFor('<script>alert(1)</script>')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('overload', () => {
  test('beyond the limit, the answer is an immediate 503, and the service recovers', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { request, requests } = testApp(
      { classifier: Promise.resolve(fakeClassifier(() => promise)) },
      { MAX_IN_FLIGHT: '3' },
    );
    // Until the model has loaded, another limit applies.
    await request('/health');
    const taken = Array.from({ length: 3 }, () => request('/predict', raw(cat)));
    const refused = await Promise.all(Array.from({ length: 20 }, () => request('/predict', raw(cat))));
    for (const response of refused) {
      expect(response.headers.get('retry-after')).toMatch(/^[12]$/);
      const answer = await answerOf(response);
      expectDocumented('POST', '/predict', answer);
      expectProblem(answer, 503, 'overloaded');
    }
    expect((await request('/health')).status, 'health checks are not refused').toBe(200);
    resolve();
    expect((await Promise.all(taken)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await request('/predict', raw(cat))).status).toBe(200);
    expect(requests.filter(({ error }) => error?.code === 'overloaded')).toHaveLength(20);
  });
});
