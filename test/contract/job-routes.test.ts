import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../lambda/errors.ts';
import { gatewayHandler } from '../../lambda/http/gateway.ts';
import type { ServedEngine } from '../../lambda/http/jobs/engine.ts';
import type { Job } from '../../lambda/jobs/engine.ts';
import type { Owner } from '../../lambda/jobs/ids.ts';
import { fixedEngine, JOB } from '../../scripts/lib/openapi/fixed-engine.ts';
import { testApp } from '../support/app.ts';
import { testModels } from '../support/folder-jobs.ts';
import { httpEvent, lambdaContext, restEvent } from '../support/lambda-events.ts';
import { readRepositoryFile } from '../support/model.ts';
import { answerOf, expectDocumented, expectProblem } from '../support/openapi.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const ONE = json({ inputs: [{ url: 'https://example.com/cat.jpg' }] });
const ROUTES: readonly (readonly [method: string, path: string, request: string, init: RequestInit])[] = [
  ['POST', '/uploads', '/uploads', json({ bytes: 1 })],
  ['POST', '/jobs', '/jobs', ONE],
  ['GET', '/jobs/{job_id}', `/jobs/${JOB}`, {}],
  ['DELETE', '/jobs/{job_id}', `/jobs/${JOB}`, { method: 'DELETE' }],
  ['GET', '/jobs/{job_id}/results', `/jobs/${JOB}/results`, {}],
];

/** The fixed engine, with some of its parts replaced. */
const engineWith = ({
  uploads,
  jobs,
  receiver,
}: {
  readonly uploads?: Partial<ServedEngine['uploads']>;
  readonly jobs?: Partial<ServedEngine['jobs']>;
  readonly receiver?: ServedEngine['receiver'];
}): ServedEngine => {
  const fixed = fixedEngine([]);
  return { uploads: { ...fixed.uploads, ...uploads }, jobs: { ...fixed.jobs, ...jobs }, receiver };
};
const appWith = (parts: Parameters<typeof engineWith>[0], environment = {}) =>
  testApp({ jobs: async () => engineWith(parts) }, environment);

describe.each(ROUTES)('%s %s', (method, path, request, init) => {
  test('says that uploads and jobs are off', async () => {
    const answer = await answerOf(await testApp().request(request, init));
    expectDocumented(method, path, answer);
    expectProblem(answer, 404, 'not_found');
    expect(answer.body).toMatchObject({ detail: expect.stringContaining('off') });
  });

  test.each(['not_ready', 'internal'] as const)('passes on %s of an engine that fails', async (code) => {
    const open = async () => {
      throw new ServiceError(code, 'It cannot be opened.');
    };
    const answer = await answerOf(await testApp({ jobs: open }).request(request, init));
    expectDocumented(method, path, answer);
    expect(answer.body).toMatchObject({ code });
  });

  test('takes no unknown parameter, and answers no cache', async () => {
    const service = appWith({});
    const answer = await answerOf(await service.request(`${request}?verbose=1`, init));
    expectDocumented(method, path, answer);
    expectProblem(answer, 400, 'invalid_request');
    const response = await service.request(request, init);
    expect(response.ok).toBe(true);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(service.requests.map(({ route }) => route)).toEqual([
      path.replace('{job_id}', ':job_id'),
      path.replace('{job_id}', ':job_id'),
    ]);
  });
});

test('a job is created with what the request says', async () => {
  const calls: unknown[] = [];
  const { request } = appWith({
    jobs: {
      create: async (...call) => {
        calls.push(call);
        return (await fixedEngine([]).jobs.create(...call)) satisfies Job;
      },
    },
  });
  const body = {
    source: 's3://photos/2026/',
    top_k: 3,
    model: 'fake',
    webhook: 'https://example.com/hook',
  };
  const response = await request('/jobs', json(body, { 'idempotency-key': '"a\\"b"' }));
  expect(response.headers.get('location')).toBe(`jobs/${JOB}`);
  expect(response.headers.get('retry-after')).toBe('1');
  expectDocumented('POST', '/jobs', await answerOf(response));
  expect(calls).toEqual([
    [
      expect.stringMatching(/^[0-9a-f]{32}$/),
      {
        source: { kind: 'prefix', prefix: 's3://photos/2026/' },
        options: { topK: 3, explain: 0 },
        model: 'fake@9.9.9',
        webhook: 'https://example.com/hook',
      },
      'a"b',
      'http://localhost/',
      // Only a server knows the address of its client.
      undefined,
    ],
  ]);
});

test('a job that the model cannot do is refused', async () => {
  const { request } = appWith({});
  const body = { inputs: [{ url: 'https://example.com/cat.jpg' }], explain: true };
  expectProblem(await answerOf(await request('/jobs', json(body))), 422, 'unsupported_by_model');
});

test.each([
  [0, '2'],
  [1, '1'],
  [100, '1'],
  [250, '3'],
  [1_000_000, '30'],
])('a client of a job with %i pending inputs asks again after %s s', async (pending, seconds) => {
  const counts = { total: pending, succeeded: 0, failed: 0, pending };
  const { request } = appWith({
    jobs: {
      find: async (...call) => ({ ...(await fixedEngine([]).jobs.find(...call)), status: 'running', counts }),
    },
  });
  expect((await request(`/jobs/${JOB}`)).headers.get('retry-after')).toBe(seconds);
});

test('PUBLIC_URL is in the URLs that the service gives, and else the Host header is', async () => {
  const urls: string[] = [];
  const parts = {
    uploads: {
      create: async (...[owner, file, baseUrl]: Parameters<ServedEngine['uploads']['create']>) => {
        urls.push(baseUrl);
        return fixedEngine([]).uploads.create(owner, file, baseUrl);
      },
    },
  };
  await appWith(parts).request('http://photos.example:8080/uploads', json({ bytes: 1 }));
  await appWith(parts, { PUBLIC_URL: 'https://example.com/photos/' }).request('/uploads', json({ bytes: 1 }));
  expect(urls).toEqual(['http://photos.example:8080/', 'https://example.com/photos/']);
});

describe('results', () => {
  const NEXT = 'https://bucket.s3.amazonaws.com/results?X-Amz-Signature=1';

  test.each([
    [2, '<results?part=2>; rel="next"'],
    [undefined, null],
  ])('elsewhere are a redirect, whose next part is %s', async (nextPart, link) => {
    const { request } = appWith({
      jobs: { results: async () => ({ kind: 'elsewhere', url: NEXT, nextPart }) },
    });
    const response = await request(`/jobs/${JOB}/results`);
    expect([response.status, response.headers.get('location'), await response.text()]).toEqual([
      303,
      NEXT,
      '',
    ]);
    expect(response.headers.get('link')).toBe(link);
  });

  function countingPieces() {
    const state = { taken: 0, isEnded: false };
    async function* pieces() {
      try {
        for (;;) {
          state.taken += 1;
          yield Buffer.from('{}\n');
        }
      } finally {
        state.isEnded = true;
      }
    }
    return { state, pieces: pieces() };
  }

  test('here are made as they are read, and no longer', async () => {
    const { state, pieces } = countingPieces();
    const { request } = appWith({ jobs: { results: async () => ({ kind: 'here', pieces }) } });
    const response = await request(`/jobs/${JOB}/results`);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(state.taken).toBe(0);
    const reader = response.body?.getReader();
    await reader?.read();
    expect(state).toEqual({ taken: 1, isEnded: false });
    await reader?.cancel();
    expect(state.isEnded).toBe(true);
  });

  test('hold memory until they are read, left or broken', async () => {
    const { budgets } = await testModels({});
    const used = () => budgets.bodies.used();
    const send = async (pieces: AsyncIterable<Uint8Array>, init?: RequestInit) => {
      const engine = engineWith({ jobs: { results: async () => ({ kind: 'here', pieces }) } });
      return testApp({ budgets, jobs: async () => engine }).request(`/jobs/${JOB}/results`, init);
    };
    async function* two(end?: Error) {
      yield Buffer.from('{}\n');
      if (end) throw end;
    }
    const whole = await send(two());
    const left = await send(countingPieces().pieces);
    const broken = await send(two(new Error('The job was deleted.')));
    const gone = new AbortController();
    await send(countingPieces().pieces, { signal: gone.signal });
    expect(used()).toBe(4 * 256 * 1024);
    gone.abort();
    expect(await whole.text()).toBe('{}\n');
    await left.body?.cancel();
    await expect(broken.text()).rejects.toThrow('The job was deleted.');
    expect(used()).toBe(0);

    const other = await budgets.bodies.reserve({ amount: budgets.bodies.capacity, isHeavy: false });
    const { state, pieces } = countingPieces();
    const answer = await answerOf(await send(pieces));
    expectDocumented('GET', '/jobs/{job_id}/results', answer);
    expectProblem(answer, 503, 'overloaded');
    expect(state.taken).toBe(0);
    other.release();
  });

  test('are not made for HEAD', async () => {
    const { state, pieces } = countingPieces();
    const { request } = appWith({ jobs: { results: async () => ({ kind: 'here', pieces }) } });
    expect((await request(`/jobs/${JOB}/results`, { method: 'HEAD' })).status).toBe(200);
    expect(state.taken).toBe(0);
  });
});

describe('an uploaded photo', () => {
  const upload_id = `upl_${'1'.repeat(32)}`;
  const reading = (bytes: Uint8Array) => ({
    uploads: {
      read: async (...[, , take]: Parameters<ServedEngine['uploads']['read']>) => {
        for (let at = 0; at < bytes.length; at += 10_000) await take(bytes.subarray(at, at + 10_000));
      },
    },
  });

  test('may have more bytes than one in a request', async () => {
    const service = appWith(reading(cat), { MAX_IMAGE_BYTES: '10000' });
    expectProblem(
      await answerOf(await service.request('/predict', { method: 'POST', body: cat })),
      413,
      'image_too_large',
    );
    const answer = await answerOf(await service.request('/predict', json({ upload_id })));
    expectDocumented('POST', '/predict', answer);
    expect(answer).toMatchObject({ status: 200, body: { image: { bytes: cat.byteLength } } });
    expect(service.requests.at(-1)?.images).toHaveLength(1);
  });

  test.each(['10000', String(cat.byteLength - 1)])(
    'with more than MAX_UPLOAD_BYTES=%s is not read on',
    async (MAX_UPLOAD_BYTES) => {
      const { request } = appWith(reading(cat), { MAX_UPLOAD_BYTES });
      expectProblem(await answerOf(await request('/predict', json({ upload_id }))), 413, 'image_too_large');
    },
  );

  test('is not announced if the memory cannot hold it', async () => {
    const { request } = appWith({}, { MEMORY_LIMIT_MIB: '256' });
    expectProblem(
      await answerOf(await request('/uploads', json({ bytes: 19_000_000 }))),
      413,
      'image_too_large',
    );
    const list = { bytes: 19_000_000, content_type: 'text/plain' };
    expect((await request('/uploads', json(list))).status).toBe(201);
  });

  test('is not found where uploads are off', async () => {
    const answer = await answerOf(await testApp().request('/predict', json({ upload_id })));
    expectDocumented('POST', '/predict', answer);
    expectProblem(answer, 404, 'upload_not_found');
  });
});

describe('the file of an upload', () => {
  const path = `/uploads/upl_${'1'.repeat(32)}?token=secret`;
  const file = { method: 'PUT', body: cat, headers: { 'content-type': 'image/jpeg' } };

  test('goes to the receiver piece by piece, with what was sent with it', async () => {
    const calls: unknown[] = [];
    let bytes = 0;
    const { request, requests } = appWith({
      receiver: {
        receive: async (id, token, { contentType }, read) => {
          calls.push(id, token, contentType);
          await read((piece) => {
            bytes += piece.byteLength;
            return undefined;
          });
        },
      },
    });
    expect((await request(path, file)).status).toBe(204);
    expect([calls, bytes]).toEqual([[`upl_${'1'.repeat(32)}`, 'secret', 'image/jpeg'], cat.byteLength]);
    // Neither the log nor the metrics may have the token or the id.
    expect(requests[0]).toMatchObject({ route: '/uploads/:upload_id' });
    expect(JSON.stringify(requests)).not.toContain('secret');
  });

  test('may come from a page of an allowed origin', async () => {
    const origin = 'https://app.example.com';
    const { request } = appWith({ receiver: { receive: async () => {} } }, { CORS_ORIGINS: origin });
    const preflight = await request(path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');
    const response = await request(path, { ...file, headers: { ...file.headers, origin } });
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
  });

  test('is not taken where it belongs to S3', async () => {
    expectProblem(await answerOf(await appWith({}).request(path, file)), 404, 'not_found');
  });
});

describe('the owner', () => {
  /** The owner of a job that is asked for with an event, or the code of the problem. */
  async function ownerFor(auth: string | undefined, event: object): Promise<string> {
    let owner: Owner | undefined;
    const { app } = appWith(
      {
        jobs: {
          find: async (...call) => {
            [owner] = call;
            return fixedEngine([]).jobs.find(...call);
          },
        },
      },
      auth === undefined ? {} : { AUTH: auth },
    );
    const result = await gatewayHandler(app)(event, lambdaContext);
    return owner ?? (JSON.parse(result.body) as { code: string }).code;
  }
  const path = `/jobs/${JOB}`;
  const rest = (context: object, headers: Record<string, string> = {}) => {
    const event = restEvent({ path, headers });
    return { ...event, requestContext: { ...event.requestContext, ...context } };
  };
  const http = (context: object) => {
    const event = httpEvent({ path });
    return { ...event, requestContext: { ...event.requestContext, ...context } };
  };
  const key = (apiKeyId: unknown) => rest({ identity: { apiKeyId, caller: null } });
  const iam = (caller: string) => rest({ identity: { apiKeyId: null, caller } });
  const cognito = (sub: string) => rest({ authorizer: { claims: { sub } } });
  const own = (principalId: string) => rest({ authorizer: { principalId, integrationLatency: 5 } });

  test.each([
    ['api-key', key('abc123'), key('other')],
    ['iam', iam('AROAEXAMPLE:one-session'), iam('AROAOTHER:one-session')],
    ['iam', iam('AIDAEXAMPLE'), iam('AIDAOTHER')],
    ['jwt', cognito('one'), cognito('other')],
    ['jwt', own('one'), own('other')],
    [
      'jwt',
      http({ authorizer: { jwt: { claims: { sub: 'one' } } } }),
      http({ authorizer: { jwt: { claims: { sub: 'other' } } } }),
    ],
    ['iam', http({ authorizer: { iam: { callerId: 'AIDAEXAMPLE' } } }), iam('AIDAOTHER')],
  ])('with AUTH=%s is the caller that the gateway let in', async (auth, one, other) => {
    const owner = await ownerFor(auth, one);
    expect(owner).toMatch(/^[0-9a-f]{32}$/);
    expect(await ownerFor(auth, one)).toBe(owner);
    expect(await ownerFor(auth, other)).not.toBe(owner);
    // The payload formats say the same.
    expect(await ownerFor(undefined, one)).not.toBe(owner);
  });

  test('is the same role in every session', async () => {
    expect(await ownerFor('iam', iam('AROAEXAMPLE:one'))).toBe(await ownerFor('iam', iam('AROAEXAMPLE:two')));
  });

  test.each([
    ['api-key', rest({})],
    ['api-key', rest({ identity: { apiKeyId: null } })],
    ['api-key', rest({ identity: { apiKeyId: '' } })],
    ['api-key', rest({ identity: { apiKeyId: ['abc'] } })],
    ['api-key', rest({ identity: 'abc' })],
    ['api-key', iam('AIDAEXAMPLE')],
    ['api-key', rest({}, { 'x-api-key': 'a-key-that-nobody-checked' })],
    ['iam', key('abc123')],
    ['jwt', key('abc123')],
    ['jwt', own('unknown')],
    ['jwt', rest({}, { authorization: 'Bearer not.checked.either' })],
  ])('with AUTH=%s must have been checked', async (auth, event) => {
    expect(await ownerFor(auth, event)).toBe('forbidden');
  });

  test('is everybody behind a gateway without credentials', async () => {
    expect(await ownerFor(undefined, rest({}, { 'x-api-key': 'one' }))).toBe(
      await ownerFor(undefined, key('abc')),
    );
  });

  test('on the HTTP server goes by the key or the token of the request', async () => {
    const owners: Owner[] = [];
    const { request } = appWith({
      jobs: {
        find: async (...call) => {
          owners.push(call[0]);
          return fixedEngine([]).jobs.find(...call);
        },
      },
    });
    const credentials = [
      {},
      { 'x-api-key': 'one' },
      { 'x-api-key': 'two' },
      { authorization: 'Bearer one' },
      { authorization: 'bearer two' },
    ];
    for (const headers of credentials) await request(path, { headers: headers as Record<string, string> });
    expect(new Set(owners).size).toBe(5);
    await request(path, { headers: { authorization: 'Basic b25lOnR3bw==' } });
    expect(owners.at(-1)).toBe(owners[0]);
    expect(owners.join()).not.toContain('one');
  });
});
