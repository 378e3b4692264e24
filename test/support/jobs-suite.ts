import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRepositoryFile } from './model.ts';

/** A service with uploads and jobs, as its clients reach it. */
export interface JobsService {
  /**
   * Sends a request to the API as one of two callers. Redirects are not followed.
   *
   * @param path such as `/jobs`, with a query if there is one.
   */
  request(path: string, init: RequestInit, caller: Caller): Promise<Response>;
  /** Uses a URL that an answer of the API has. It needs no credentials. @default fetch */
  readonly useUrl?: (url: string, init: RequestInit) => Promise<Response>;
  /** Whether the storage refuses files of another size or type than announced. @default it does */
  readonly checksFiles?: boolean;
  /** The most milliseconds that a job of ten photos may take. @default 20,000 */
  readonly patienceMs?: number;
  readonly close?: () => Promise<void>;
}

export type Caller = 'first' | 'second';

interface Counts {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly pending: number;
}

interface Job {
  readonly job_id: string;
  readonly status: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  readonly counts: Counts;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly results?: { readonly url: string; readonly parts: number; readonly expires_at: string };
  readonly reason?: string;
}

interface Result {
  readonly index: number;
  readonly input: { readonly upload_id?: string; readonly url?: string };
  readonly model?: { readonly name: string };
  readonly predictions?: readonly { readonly label: string; readonly probability: number }[];
  readonly image?: object;
  readonly problem?: { readonly code: string; readonly status: number };
}

interface Upload {
  readonly upload_id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly expires_at: string;
}

type Bytes = Uint8Array<ArrayBuffer>;

const PATIENCE_MS = 20_000;
const LONGEST_PAUSE_MS = 2000;
const UNKNOWN_UPLOAD = `upl_${'0'.repeat(32)}`;
const UNKNOWN_JOB = `job_${'0'.repeat(32)}`;
/** Nothing is fetched from it, wherever the service runs. */
const PRIVATE_URL = 'https://10.0.0.1/cat.jpg';
const REFUSED_URL = /^url_(not_allowed|fetch_failed|timeout)$/;

const bytesOf = (text: string): Bytes => new TextEncoder().encode(text);
const cat = readRepositoryFile('examples/cat.jpg');
const rocket = readRepositoryFile('examples/rocket.jpg');
const halfACat = cat.slice(0, cat.byteLength / 2);
const isEnd = ({ status }: Job): boolean => status !== 'queued' && status !== 'running';

/**
 * What uploads and jobs promise, on any engine. It uses nothing but HTTP, so it runs against a deployment too.
 *
 * @param connect is called once, before the tests.
 */
export function describeJobs(name: string, connect: () => Promise<JobsService>): void {
  describe(name, () => {
    let service: JobsService;
    let patienceMs = PATIENCE_MS;
    beforeAll(async () => {
      service = await connect();
      patienceMs = service.patienceMs ?? PATIENCE_MS;
    }, 120_000);
    afterAll(() => service?.close?.());

    const send = (path: string, init: RequestInit = {}, caller: Caller = 'first') =>
      service.request(path, init, caller);
    const useUrl = (url: string, init: RequestInit = {}) => (service.useUrl ?? fetch)(url, init);
    const post = (path: string, body: unknown, caller?: Caller, headers: Record<string, string> = {}) =>
      send(
        path,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        },
        caller,
      );

    async function expectRefused(response: Response, status: number, code: string): Promise<void> {
      const body = await response.text();
      expect([response.status, body.slice(0, 500)]).toEqual([status, expect.stringContaining(`"${code}"`)]);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    }

    async function announce(bytes: number, type?: string, caller?: Caller): Promise<Upload> {
      const response = await post('/uploads', { bytes, ...(type && { content_type: type }) }, caller);
      expect(response.status).toBe(201);
      expect(response.headers.get('cache-control')).toBe('no-store');
      return (await response.json()) as Upload;
    }
    const put = ({ url, headers }: Upload, body: Bytes, changed: Record<string, string> = {}) =>
      useUrl(url, { method: 'PUT', headers: { ...headers, ...changed }, body });

    async function uploaded(bytes: Bytes, type = 'image/jpeg', caller?: Caller): Promise<string> {
      const upload = await announce(bytes.byteLength, type, caller);
      expect((await put(upload, bytes)).ok).toBe(true);
      return upload.upload_id;
    }

    async function started(body: unknown, caller?: Caller, headers?: Record<string, string>): Promise<Job> {
      const response = await post('/jobs', body, caller, headers);
      const job = (await response.json()) as Job;
      expect([response.status, job]).toEqual([202, expect.objectContaining({ job_id: expect.any(String) })]);
      expect(response.headers.get('location')).toBe(`jobs/${job.job_id}`);
      return job;
    }

    const pauseOf = (response: Response): number =>
      Math.min(LONGEST_PAUSE_MS, 1000 * Number(response.headers.get('retry-after') ?? 1)) / 4;

    /** Asks until the job ends. Checks each answer on the way. */
    async function ended(id: string): Promise<Job> {
      const deadline = Date.now() + patienceMs;
      for (let done = 0; ; ) {
        const response = await send(`/jobs/${id}`);
        expect(response.status).toBe(200);
        expect(response.headers.get('cache-control')).toBe('no-store');
        const job = (await response.json()) as Job;
        const { total, succeeded, failed, pending } = job.counts;
        expect(succeeded + failed + pending).toBe(total);
        expect(succeeded + failed).toBeGreaterThanOrEqual(done);
        done = succeeded + failed;
        expect(Number(response.headers.get('retry-after') ?? 0) > 0).toBe(!isEnd(job));
        expect(job.finished_at !== null).toBe(isEnd(job));
        // On AWS a job ends a moment before its results can be read.
        if (isEnd(job) && job.results) return job;
        if (Date.now() > deadline) throw new Error(`The job did not end: ${JSON.stringify(job)}`);
        await delay(pauseOf(response));
      }
    }

    /** Follows the redirect without credentials, as clients must. */
    async function resultsOf(id: string): Promise<readonly Result[]> {
      const deadline = Date.now() + patienceMs;
      for (;;) {
        const response = await send(`/jobs/${id}/results`);
        if (response.status === 409 && Date.now() < deadline) {
          await delay(pauseOf(response));
          continue;
        }
        expect([200, 303]).toContain(response.status);
        const file =
          response.status === 303 ? await useUrl(response.headers.get('location') ?? '') : response;
        expect(file.status).toBe(200);
        expect(file.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
        const text = await file.text();
        expect(text === '' || text.endsWith('\n')).toBe(true);
        return text
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Result);
      }
    }

    const outcomeOf = ({ problem, predictions }: Result): string | undefined =>
      problem?.code ?? predictions?.[0]?.label;

    describe('an upload', () => {
      test('is announced, sent, and classified as the same bytes are', async () => {
        const announced = Date.now();
        const upload = await announce(cat.byteLength, 'image/jpeg');
        expect(upload).toMatchObject({
          upload_id: expect.stringMatching(/^upl_[0-9a-f]{32}$/),
          method: 'PUT',
          url: expect.stringMatching(/^https?:\/\//),
          headers: { 'content-type': 'image/jpeg' },
        });
        const minutes = (Date.parse(upload.expires_at) - announced) / 60_000;
        expect(minutes).toBeGreaterThan(13);
        expect(minutes).toBeLessThan(17);
        expect((await put(upload, cat)).ok).toBe(true);

        const byUpload = await post('/predict', { upload_id: upload.upload_id, top_k: 3 });
        const direct = await send('/predict?top_k=3', { method: 'POST', body: cat });
        expect([byUpload.status, direct.status]).toEqual([200, 200]);
        const [one, other] = (await Promise.all([byUpload.json(), direct.json()])) as Result[];
        expect(one?.image).toEqual(other?.image);
        expect(one?.predictions?.map(({ label }) => label)).toEqual(
          other?.predictions?.map(({ label }) => label),
        );
        expect(one?.predictions).toHaveLength(3);
      });

      test('may be sent again, and the last file counts', async () => {
        const size = Math.max(cat.byteLength, rocket.byteLength);
        const padded = (bytes: Bytes): Bytes => {
          const longer = new Uint8Array(size);
          longer.set(bytes);
          return longer;
        };
        const upload = await announce(size);
        expect((await put(upload, padded(cat))).ok).toBe(true);
        expect((await put(upload, padded(rocket))).ok).toBe(true);
        const byUpload = (await (await post('/predict', { upload_id: upload.upload_id })).json()) as Result;
        const direct = (await (
          await send('/predict', { method: 'POST', body: padded(rocket) })
        ).json()) as Result;
        expect(byUpload.image).toEqual(direct.image);
      });

      test('of another size or type than announced is refused, and leaves nothing', async ({ skip }) => {
        if (service.checksFiles === false) skip();
        const changes: readonly [Bytes, Record<string, string>][] = [
          [cat.slice(1), {}],
          [new Uint8Array(cat.byteLength + 1), {}],
          [cat, { 'content-type': 'text/html' }],
        ];
        for (const [bytes, headers] of changes) {
          const upload = await announce(cat.byteLength, 'image/jpeg');
          // The storage may end the connection instead of reading everything.
          const status = await put(upload, bytes, headers).then(
            (response) => response.status,
            () => 400,
          );
          expect(status).toBeGreaterThanOrEqual(400);
          expect(status).toBeLessThan(500);
          await expectRefused(
            await post('/predict', { upload_id: upload.upload_id }),
            404,
            'upload_not_found',
          );
        }
      });

      test('needs its whole URL', async ({ skip }) => {
        if (service.checksFiles === false) skip();
        const upload = await announce(cat.byteLength);
        const { origin, pathname } = new URL(upload.url);
        expect((await put({ ...upload, url: `${origin}${pathname}` }, cat)).status).toBe(403);
        await expectRefused(await post('/predict', { upload_id: upload.upload_id }), 404, 'upload_not_found');
      });

      test('that was announced but not sent cannot be used', async () => {
        const { upload_id: id } = await announce(1000);
        await expectRefused(await post('/predict', { upload_id: id }), 404, 'upload_not_found');
        await expectRefused(await post('/jobs', { inputs: [{ upload_id: id }] }), 404, 'upload_not_found');
      });

      test.each([
        ['nothing', {}, 400, 'invalid_request'],
        ['no bytes', { bytes: 0 }, 400, 'invalid_request'],
        ['half a byte', { bytes: 0.5 }, 400, 'invalid_request'],
        ['bytes as text', { bytes: '1000' }, 400, 'invalid_request'],
        ['a photo of 99 MB', { bytes: 99_000_000, content_type: 'image/jpeg' }, 413, 'image_too_large'],
        ['a list of 101 MB', { bytes: 101_000_000, content_type: 'text/plain' }, 400, 'invalid_request'],
        ['a type that breaks the line', { bytes: 5, content_type: 'a/b\r\nx: y' }, 400, 'invalid_request'],
        ['an unknown field', { bytes: 5, name: 'cat.jpg' }, 400, 'invalid_request'],
      ])('with %s is refused', async (_what, body, status, code) => {
        await expectRefused(await post('/uploads', body), status, code);
      });

      test('belongs to the caller who announced it', async () => {
        const id = await uploaded(cat);
        await expectRefused(await post('/predict', { upload_id: id }, 'second'), 404, 'upload_not_found');
        await expectRefused(
          await post('/jobs', { inputs: [{ upload_id: id }] }, 'second'),
          404,
          'upload_not_found',
        );
      });
    });

    describe('POST /predict', () => {
      test.each([
        ['an unknown upload', { upload_id: UNKNOWN_UPLOAD }, 404, 'upload_not_found'],
        ['an id that is none', { upload_id: '../jobs' }, 400, 'invalid_request'],
        ['a number as the id', { upload_id: 5 }, 400, 'invalid_request'],
        ['an image and an upload', { upload_id: UNKNOWN_UPLOAD, image: 'aGVsbG8=' }, 400, 'invalid_request'],
        ['neither of them', { top_k: 3 }, 400, 'invalid_request'],
        ['two ids', `{"upload_id":"${UNKNOWN_UPLOAD}","upload_id":"x"}`, 400, 'invalid_request'],
      ])('refuses %s', async (_what, body, status, code) => {
        await expectRefused(await post('/predict', body), status, code);
      });

      test('says of an uploaded file what it says of the same bytes', async () => {
        const id = await uploaded(bytesOf('hello, I am text'), 'text/plain');
        await expectRefused(await post('/predict', { upload_id: id }), 415, 'unsupported_media_type');
      });
    });

    describe('a job', () => {
      test('has one result for each input, in order, whatever the inputs are', async () => {
        const white = { width: 9000, height: 6000, channels: 3, background: 'white' } as const;
        const huge = new Uint8Array(await sharp({ create: white }).png().toBuffer());
        const [good, other, text, damaged, tooLarge] = await Promise.all([
          uploaded(cat),
          uploaded(rocket),
          uploaded(bytesOf('hello, I am text')),
          uploaded(halfACat),
          uploaded(huge, 'image/png'),
        ]);
        const inputs = [
          { upload_id: good },
          { upload_id: text },
          { url: PRIVATE_URL },
          { upload_id: damaged },
          { upload_id: tooLarge },
          { upload_id: good },
          { url: 'gopher://example.com/cat.jpg' },
          { upload_id: other },
        ];
        const { job_id: id } = await started({ inputs, top_k: 2 });
        const job = await ended(id);
        expect(job).toMatchObject({
          status: 'succeeded',
          counts: { total: 8, succeeded: 3, failed: 5, pending: 0 },
          results: { parts: 1 },
        });
        expect(Date.parse(job.started_at ?? '')).toBeGreaterThanOrEqual(Date.parse(job.created_at) - 1000);
        expect(Date.parse(job.results?.expires_at ?? '')).toBeGreaterThan(Date.now());

        const results = await resultsOf(id);
        expect(results.map(({ index, input }) => ({ index, input }))).toEqual(
          inputs.map((input, index) => ({ index, input })),
        );
        const photos = await Promise.all(
          [cat, rocket].map(async (body) =>
            (await send('/predict?top_k=2', { method: 'POST', body })).json(),
          ),
        );
        const [catLabel, rocketLabel] = (photos as Result[]).map(outcomeOf);
        expect(results.map(outcomeOf)).toEqual([
          catLabel,
          'unsupported_media_type',
          expect.stringMatching(REFUSED_URL),
          'invalid_image',
          'too_many_pixels',
          catLabel,
          expect.stringMatching(REFUSED_URL),
          rocketLabel,
        ]);
        expect(results[0]).toMatchObject({
          model: (photos[0] as Result).model,
          image: (photos[0] as Result).image,
        });
        for (const { predictions } of results) expect(predictions?.length ?? 2).toBe(2);
      });

      test('takes its inputs from an uploaded list', async () => {
        const [mine, others] = await Promise.all([uploaded(cat), uploaded(cat, 'image/jpeg', 'second')]);
        const lines = [mine, PRIVATE_URL, others, mine];
        const manifest = await uploaded(bytesOf(`${lines.join('\n')}\n`), 'text/plain');
        const { job_id: id } = await started({ source: { manifest } });
        expect(await ended(id)).toMatchObject({
          status: 'succeeded',
          counts: { total: 4, succeeded: 2, failed: 2, pending: 0 },
        });
        const results = await resultsOf(id);
        expect(results.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
        expect(results.map(({ input }) => input.upload_id ?? input.url)).toEqual(lines);
        expect(results.map(({ problem }) => problem?.code)).toEqual([
          undefined,
          expect.stringMatching(REFUSED_URL),
          // The list is of the first caller, and so is the job.
          'upload_not_found',
          undefined,
        ]);
      });

      test.each([
        ['no input', 'cat.jpg'],
        ['an object that jobs may not read', 's3://not-allowed-here/cat.jpg'],
      ])('whose list has a line that is %s fails, and names the line', async (_what, line) => {
        const manifest = await uploaded(bytesOf(`${PRIVATE_URL}\n${line}\n`), 'text/plain');
        const { job_id: id } = await started({ source: { manifest } });
        expect(await ended(id)).toMatchObject({
          status: 'failed',
          reason: expect.stringContaining('Line 2 of the manifest'),
        });
      });

      test('with the same idempotency key is the same job', async () => {
        const inputs = [{ upload_id: await uploaded(cat) }];
        const key = `key-${crypto.randomUUID()}`;
        const headers = { 'idempotency-key': key };
        const jobs = await Promise.all(
          Array.from({ length: 4 }, () => started({ inputs, top_k: 2 }, 'first', headers)),
        );
        jobs.push(await started({ top_k: 2, inputs }, 'first', { 'idempotency-key': `"${key}"` }));
        expect(new Set(jobs.map(({ job_id: id }) => id)).size).toBe(1);
        await expectRefused(
          await post('/jobs', { inputs, top_k: 3 }, 'first', headers),
          422,
          'idempotency_key_reused',
        );

        const id = jobs[0]?.job_id ?? '';
        expect(await ended(id)).toMatchObject({ counts: { total: 1, succeeded: 1 } });
        // It is the same job after its end too.
        expect((await started({ inputs, top_k: 2 }, 'first', headers)).job_id).toBe(id);
        expect(await resultsOf(id)).toHaveLength(1);

        const own = { inputs: [{ url: PRIVATE_URL }] };
        expect((await started(own, 'second', headers)).job_id).not.toBe(id);
      });

      test.each([
        ['spaces', 'two words'],
        ['nothing', '""'],
        ['256 characters', 'x'.repeat(256)],
      ])('with an idempotency key of %s is refused', async (_what, key) => {
        const response = await post('/jobs', { inputs: [{ url: PRIVATE_URL }] }, 'first', {
          'idempotency-key': key,
        });
        await expectRefused(response, 400, 'invalid_request');
      });

      test('can be cancelled, and keeps the results that it has', async () => {
        const upload_id = await uploaded(cat);
        const inputs = Array.from({ length: 1000 }, () => ({ upload_id }));
        const { job_id: id } = await started({ inputs });
        const deadline = Date.now() + patienceMs;
        let cancelled = await send(`/jobs/${id}`, { method: 'DELETE' });
        for (; cancelled.status === 503 && Date.now() < deadline; await delay(pauseOf(cancelled))) {
          cancelled = await send(`/jobs/${id}`, { method: 'DELETE' });
        }
        expect([cancelled.status, await cancelled.json()]).toEqual([
          200,
          expect.objectContaining({ job_id: id, status: 'cancelled' }),
        ]);
        const job = await ended(id);
        const { counts } = job;
        expect(job.status).toBe('cancelled');
        expect(counts.pending).toBeGreaterThan(0);
        const results = await resultsOf(id);
        expect(results).toHaveLength(counts.succeeded + counts.failed);
        const positions = results.map(({ index }) => index);
        expect(positions).toEqual([...new Set(positions)].sort((one, other) => one - other));

        const again = await send(`/jobs/${id}`, { method: 'DELETE' });
        expect([again.status, await again.json()]).toEqual([
          200,
          expect.objectContaining({ status: 'cancelled', counts }),
        ]);
      });

      test('that has ended cannot be cancelled', async () => {
        const { job_id: id } = await started({ inputs: [{ url: PRIVATE_URL }] });
        await ended(id);
        const response = await send(`/jobs/${id}`, { method: 'DELETE' });
        expect([response.status, await response.json()]).toEqual([
          200,
          expect.objectContaining({ status: 'succeeded' }),
        ]);
      });

      test('has no results before its end, and then answers HEAD too', async () => {
        const upload_id = await uploaded(cat);
        const { job_id: id } = await started({ inputs: Array.from({ length: 30 }, () => ({ upload_id })) });
        const early = await send(`/jobs/${id}/results`);
        expect([200, 303, 409]).toContain(early.status);
        if (early.status === 409) {
          expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0);
          await expectRefused(early, 409, 'results_not_ready');
        } else await early.body?.cancel();
        await ended(id);
        const results = await resultsOf(id);
        expect(results.map(({ index }) => index)).toEqual(Array.from({ length: 30 }, (_, index) => index));
        for (const path of [`/jobs/${id}`, `/jobs/${id}/results`]) {
          const [get, head] = await Promise.all([send(path), send(path, { method: 'HEAD' })]);
          await get.body?.cancel();
          expect([head.status, await head.text()]).toEqual([get.status, '']);
          expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
        }
      });

      test('is not there for another caller', async () => {
        const { job_id: id } = await started({ inputs: [{ url: PRIVATE_URL }] });
        await ended(id);
        await expectRefused(await send(`/jobs/${id}`, {}, 'second'), 404, 'job_not_found');
        await expectRefused(await send(`/jobs/${id}/results`, {}, 'second'), 404, 'job_not_found');
        await expectRefused(await send(`/jobs/${id}`, { method: 'DELETE' }, 'second'), 404, 'job_not_found');
        expect((await send(`/jobs/${id}`)).status).toBe(200);
      });

      test.each([UNKNOWN_JOB, 'JOB_1', UNKNOWN_UPLOAD])('%s is not found', async (id) => {
        await expectRefused(await send(`/jobs/${id}`), 404, 'job_not_found');
        await expectRefused(await send(`/jobs/${id}/results`), 404, 'job_not_found');
        await expectRefused(await send(`/jobs/${id}`, { method: 'DELETE' }), 404, 'job_not_found');
      });

      test.each(['0', '2', 'x', '1e1'])('has no part %s of results', async (part) => {
        const { job_id: id } = await started({ inputs: [{ url: PRIVATE_URL }] });
        await ended(id);
        await expectRefused(await send(`/jobs/${id}/results?part=${part}`), 400, 'invalid_request');
      });

      test('takes a thousand URLs of 2048 characters, and no input more', async () => {
        const url = `https://10.0.0.1/${'x'.repeat(2048 - 'https://10.0.0.1/'.length)}`;
        const inputs = Array.from({ length: 1000 }, () => ({ url }));
        const job = await started({ inputs });
        expect(job.counts.total).toBe(1000);
        await send(`/jobs/${job.job_id}`, { method: 'DELETE' });
        const tooMany = { inputs: Array.from({ length: 1001 }, () => ({ url: PRIVATE_URL })) };
        await expectRefused(await post('/jobs', tooMany), 400, 'invalid_request');
      });

      const one = [{ url: PRIVATE_URL }];
      test.each([
        ['no inputs', { inputs: [] }, 400, 'invalid_request'],
        ['neither inputs nor a source', { top_k: 3 }, 400, 'invalid_request'],
        ['inputs and a source', { inputs: one, source: 's3://photos/' }, 400, 'invalid_request'],
        ['an unknown field', { inputs: one, images: [] }, 400, 'invalid_request'],
        [
          'an input with an unknown field',
          { inputs: [{ url: PRIVATE_URL, top_k: 1 }] },
          400,
          'invalid_request',
        ],
        [
          'an input with two references',
          { inputs: [{ url: PRIVATE_URL, upload_id: UNKNOWN_UPLOAD }] },
          400,
          'invalid_request',
        ],
        ['an input that is text', { inputs: [PRIVATE_URL] }, 400, 'invalid_request'],
        ['an input without a reference', { inputs: [{}] }, 400, 'invalid_request'],
        ['an object of S3 as an input', { inputs: [{ s3: 's3://photos/cat.jpg' }] }, 400, 'invalid_request'],
        ['a URL that is none', { inputs: [{ url: 'cat.jpg' }] }, 400, 'invalid_request'],
        [
          'a URL of 2049 characters',
          { inputs: [{ url: PRIVATE_URL.padEnd(2049, 'x') }] },
          400,
          'invalid_request',
        ],
        ['a top_k of 1001', { inputs: one, top_k: 1001 }, 400, 'invalid_request'],
        ['an unknown model', { inputs: one, model: 'alexnet' }, 404, 'model_not_found'],
        ['an unknown upload', { inputs: [{ upload_id: UNKNOWN_UPLOAD }] }, 404, 'upload_not_found'],
        ['an unknown list', { source: { manifest: UNKNOWN_UPLOAD } }, 404, 'upload_not_found'],
        ['a list that is no id', { source: { manifest: '../x' } }, 400, 'invalid_request'],
        ['a source of another scheme', { source: 'file:///etc/' }, 400, 'invalid_request'],
        ['a bucket that is not allowed', { source: 's3://not-allowed-here/x' }, 403, 'source_not_allowed'],
        [
          'a webhook of another scheme',
          { inputs: one, webhook: 'ftp://example.com/' },
          403,
          'url_not_allowed',
        ],
        ['a webhook that is no URL', { inputs: one, webhook: 'example' }, 400, 'invalid_request'],
        ['a list of lists', '[[[[]]]]', 400, 'invalid_request'],
        ['inputs twice', '{"inputs":[],"inputs":[]}', 400, 'invalid_request'],
        ['no JSON', '{"inputs":', 400, 'invalid_request'],
      ])('with %s is refused', async (_what, body, status, code) => {
        await expectRefused(await post('/jobs', body), status, code);
      });
    });
  });
}
