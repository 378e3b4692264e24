import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../../../lambda/errors.ts';
import type { UrlFetcher } from '../../../../lambda/fetch/fetch.ts';
import type { JobInput } from '../../../../lambda/jobs/engine.ts';
import type { UploadId } from '../../../../lambda/jobs/ids.ts';
import { fakeClassifier } from '../../../support/model.ts';
import {
  alice,
  BASE,
  bob,
  current,
  errorOf,
  linesOf,
  manifestJob,
  openEngine,
  photo,
  requestOf,
  until,
  upload,
} from './support.ts';

/** Some URLs fail, one answers late, and the others are photos. */
const fetchUrl: UrlFetcher = async (url, take) => {
  if (url.includes('missing'))
    throw new ServiceError('url_fetch_failed', 'Expected status 200 from the host, got 404.');
  if (url.includes('slow')) await delay(50);
  await take(url.includes('text') ? Buffer.from('no image') : photo);
};
/** A fetch that never ends by itself. */
const stalled = (signal?: AbortSignal) =>
  new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
const urls = (count: number): JobInput[] =>
  Array.from({ length: count }, (_, index) => ({ url: `https://example.com/${index}` }));

describe('a job', () => {
  test('has a result for each input, in order, and failures are results', async () => {
    const engine = await openEngine({ fetchUrl });
    const inputs: JobInput[] = [
      { url: 'https://example.com/slow' },
      { upload_id: await upload(engine) },
      { url: 'https://example.com/missing' },
      { url: 'https://example.com/text' },
      { url: 'https://example.com/1' },
    ];
    const job = await engine.jobs.create(alice, requestOf(inputs), undefined, BASE);
    expect(job).toMatchObject({ status: 'queued', counts: { total: 5, pending: 5 }, results: undefined });
    current.time += 1000;
    expect(await until(engine, job)).toEqual({
      id: job.id,
      status: 'succeeded',
      counts: { total: 5, succeeded: 3, failed: 2, pending: 0 },
      createdAt: new Date(current.time - 1000),
      startedAt: expect.any(Date),
      finishedAt: new Date(current.time),
      results: {
        url: `${BASE}jobs/${job.id}/results`,
        parts: 1,
        expiresAt: new Date(current.time + 7 * 86_400_000),
      },
      reason: undefined,
    });
    const lines = await linesOf(engine, job);
    expect(lines.map(({ index, input }) => ({ index, input }))).toEqual(
      inputs.map((input, index) => ({ index, input })),
    );
    expect(lines.map(({ problem, predictions }) => problem?.code ?? predictions?.length)).toEqual([
      2,
      2,
      'url_fetch_failed',
      'unsupported_media_type',
      2,
    ]);
  });

  test('is known to its owner only', async () => {
    const engine = await openEngine({ fetchUrl });
    const { id } = await engine.jobs.create(alice, requestOf(urls(1)), 'key', BASE);
    const theirs = await engine.jobs.create(bob, requestOf(urls(1)), 'key', BASE);
    expect(theirs.id).not.toBe(id);
    for (const work of [
      engine.jobs.find(bob, id, BASE),
      engine.jobs.results(bob, id, 1),
      engine.jobs.cancel(bob, id, BASE),
    ])
      expect(await errorOf(work)).toMatchObject({ code: 'job_not_found' });
  });

  test('is created once with an idempotency key, also after a restart and for requests at once', async () => {
    const first = await openEngine({ fetchUrl });
    const create = (engine: typeof first, count: number) =>
      engine.jobs.create(alice, requestOf(urls(count)), 'abc', BASE);
    const [one, two] = await Promise.all([create(first, 2), create(first, 2)]);
    expect(two.id).toBe(one.id);
    await until(first, one);
    await first.close();
    const second = await openEngine({ fetchUrl });
    expect(await create(second, 2)).toMatchObject({ id: one.id, status: 'succeeded' });
    expect(await errorOf(create(second, 3))).toMatchObject({ code: 'idempotency_key_reused' });
  });

  test('gives no results before its end, and has one part', async () => {
    const engine = await openEngine({ fetchUrl });
    engine.stop();
    const { id } = await engine.jobs.create(alice, requestOf(urls(1)), undefined, BASE);
    expect(await errorOf(engine.jobs.results(alice, id, 1))).toMatchObject({ code: 'results_not_ready' });
    await engine.jobs.cancel(alice, id, BASE);
    expect(await errorOf(engine.jobs.results(alice, id, 2))).toMatchObject({ code: 'invalid_request' });
  });

  test('that is cancelled stops, keeps what was done, and stays cancelled', async () => {
    const { promise: never } = Promise.withResolvers<void>();
    const blocking: UrlFetcher = async (url, take, signal) => {
      if (url.endsWith('/0')) return void (await take(photo));
      await Promise.race([
        never,
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
      ]);
    };
    const engine = await openEngine({ fetchUrl: blocking });
    const job = await engine.jobs.create(alice, requestOf(urls(9)), undefined, BASE);
    await until(engine, job, ({ counts }) => counts.succeeded === 1);
    const cancelled = await engine.jobs.cancel(alice, job.id, BASE);
    expect(cancelled).toMatchObject({ status: 'cancelled', counts: { total: 9, succeeded: 1, pending: 8 } });
    expect(await engine.jobs.cancel(alice, job.id, BASE)).toEqual(cancelled);
    expect(await linesOf(engine, job)).toHaveLength(1);
    const other = await engine.jobs.create(alice, requestOf(urls(1)), undefined, BASE);
    expect(await until(engine, other)).toMatchObject({ status: 'succeeded' });
    await engine.close();
    expect(await until(await openEngine({ fetchUrl }), job)).toEqual(cancelled);
    expect(engine.problems).toEqual([]);
  });

  test('cannot read buckets, have a webhook without a secret, or be one too many', async () => {
    const engine = await openEngine({ fetchUrl, settings: { maxJobs: 1 } });
    const create = (...request: Parameters<typeof requestOf>) =>
      errorOf(engine.jobs.create(alice, requestOf(...request), undefined, BASE));
    expect(await create([], { source: { kind: 'prefix', prefix: 's3://photos/' } })).toMatchObject({
      code: 'source_not_allowed',
    });
    expect(await create(urls(1), { webhook: 'https://example.com/' })).toMatchObject({
      code: 'invalid_request',
    });
    expect(await create(urls(1), { model: 'nothing' })).toMatchObject({ code: 'model_not_found' });
    expect(await create([{ upload_id: `upl_${'0'.repeat(32)}` as UploadId }])).toMatchObject({
      code: 'upload_not_found',
    });
    engine.stop();
    const accepted = await engine.jobs.create(alice, requestOf(urls(1)), undefined, BASE);
    expect(await create(urls(1))).toMatchObject({ code: 'overloaded' });
    await engine.jobs.cancel(alice, accepted.id, BASE);
    expect(await create(urls(1))).toEqual({});
  });

  test('is deleted with its results some days after its end, and then its key is free', async () => {
    const first = await openEngine({ fetchUrl });
    const job = await first.jobs.create(alice, requestOf(urls(3)), 'key', BASE);
    await until(first, job);
    await first.close();
    current.time += 7 * 86_400_000 + 1;
    const second = await openEngine({ fetchUrl });
    await expect
      .poll(() => errorOf(second.jobs.find(alice, job.id, BASE)))
      .toMatchObject({ code: 'job_not_found' });
    const again = await second.jobs.create(alice, requestOf(urls(4)), 'key', BASE);
    expect(again.id).not.toBe(job.id);
    await until(second, again);
    expect(await linesOf(second, again)).toHaveLength(4);
  });
});

describe('a manifest', () => {
  const manifest = (engine: Parameters<typeof upload>[0], text: string | Uint8Array) =>
    upload(engine, Buffer.from(text), { contentType: 'text/plain' });

  test('is a list of inputs, whatever its line breaks', async () => {
    const engine = await openEngine({ fetchUrl });
    const id = await upload(engine);
    const theirs = await upload(engine, photo, { owner: bob });
    const list = await manifest(
      engine,
      `\uFEFFhttps://example.com/1\r\n\n${id}\n ${theirs} \nhttps://example.com/2`,
    );
    const job = await engine.jobs.create(alice, manifestJob(list), undefined, BASE);
    expect(job).toMatchObject({ status: 'queued', counts: { total: 0 } });
    expect(await until(engine, job)).toMatchObject({ status: 'succeeded', counts: { total: 4, failed: 1 } });
    expect(
      (await linesOf(engine, job)).map(({ input, problem }) => [Object.values(input)[0], problem?.code]),
    ).toEqual([
      ['https://example.com/1', undefined],
      [id, undefined],
      [theirs, 'upload_not_found'],
      ['https://example.com/2', undefined],
    ]);
  });

  test.each([
    ['no inputs', '\n\n', 'The manifest has no inputs.'],
    ['something else', 'https://example.com/1\n\nftp://x\n', 'Line 3 of the manifest: expected an https URL'],
    [
      'an object of S3',
      's3://photos/cat.jpg',
      'Line 1 of the manifest: expected an object that jobs may read',
    ],
    ['a photo', photo, 'Line 1 of the manifest: expected UTF-8'],
    [
      'a long line',
      `https://example.com/1\n${'x'.repeat(70_000)}`,
      'Line 2 of the manifest: expected at most 6144',
    ],
    ['too many', 'https://example.com/\n'.repeat(100_001), 'Expected a manifest with at most 100000 inputs'],
    ['many blank lines', '\n'.repeat(200_001), 'Expected a manifest with at most 200000 lines'],
  ])('with %s fails the job', async (_, text, reason) => {
    const engine = await openEngine({ fetchUrl, settings: { maxFolderBytes: 2 ** 30 } });
    const job = await engine.jobs.create(alice, manifestJob(await manifest(engine, text)), undefined, BASE);
    expect(await until(engine, job)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining(reason),
      counts: { total: 0 },
    });
  });

  test('goes on where it stopped when the process ends', async () => {
    const first = await openEngine({ fetchUrl });
    const list = Array.from({ length: 3000 }, (_, index) => `https://example.com/${index}`);
    const job = await first.jobs.create(
      alice,
      manifestJob(await manifest(first, list.join('\n'))),
      undefined,
      BASE,
    );
    await delay(1);
    await first.close();
    const second = await openEngine({ fetchUrl });
    await until(second, job, ({ counts }) => counts.total > 0);
    await second.jobs.cancel(alice, job.id, BASE);
    expect(await until(second, job)).toMatchObject({ counts: { total: 3000 } });
  });
});

test('a job whose model is missing at the next start fails, and keeps its results', async () => {
  const first = await openEngine({
    fetchUrl: (url, take, signal) => (url.endsWith('/0') ? fetchUrl(url, take, signal) : stalled(signal)),
  });
  const job = await first.jobs.create(alice, requestOf(urls(3)), undefined, BASE);
  await until(first, job, ({ counts }) => counts.succeeded === 1);
  await first.close();
  const second = await openEngine({ fetchUrl, classifier: fakeClassifier(undefined, { version: '10.0.0' }) });
  expect(await until(second, job)).toMatchObject({
    status: 'failed',
    reason: 'The service was started without the model fake@9.9.9 of this job.',
    counts: { total: 3, succeeded: 1, failed: 0 },
  });
  expect(await linesOf(second, job)).toHaveLength(1);
  const next = await second.jobs.create(alice, requestOf(urls(1)), undefined, BASE);
  expect(await until(second, next)).toMatchObject({ status: 'succeeded' });
});

describe('owners take turns', () => {
  test('however many jobs each of them has', async () => {
    const order: string[] = [];
    const { promise: start, resolve: begin } = Promise.withResolvers<void>();
    const engine = await openEngine({
      fetchUrl: async (url, take) => {
        await start;
        order.push(url);
        await take(photo);
      },
    });
    const named = (name: string, count: number) =>
      requestOf(
        Array.from({ length: count }, (_, index) => ({ url: `https://example.com/${name}/${index}` })),
      );
    for (let count = 0; count < 20; count += 1)
      await engine.jobs.create(alice, named('alice', 5), undefined, BASE);
    const job = await engine.jobs.create(bob, named('bob', 5), undefined, BASE);
    begin();
    await until(engine, job, undefined, bob);
    const last = order.findLastIndex((url) => url.includes('bob'));
    expect(last).toBeLessThan(30);
  });

  test('however many lists each of them has', async () => {
    const engine = await openEngine({ fetchUrl, settings: { maxFolderBytes: 2 ** 29 } });
    const long = await upload(engine, Buffer.from('\n'.repeat(199_999)), { contentType: 'text/plain' });
    const short = await upload(engine, Buffer.from('https://example.com/1'), {
      contentType: 'text/plain',
      owner: bob,
    });
    const theirs = await Promise.all(
      Array.from({ length: 20 }, () => engine.jobs.create(alice, manifestJob(long), undefined, BASE)),
    );
    const job = await engine.jobs.create(bob, manifestJob(short), undefined, BASE);
    await until(engine, job, undefined, bob);
    const states = await Promise.all(theirs.map(({ id }) => engine.jobs.find(alice, id, BASE)));
    expect(states.filter(({ status }) => status === 'failed').length).toBeLessThan(10);
  });

  test('and slow inputs of one do not hold up another one', async () => {
    const slowly: UrlFetcher = (url, take, signal) => {
      if (!url.includes('slow')) return fetchUrl(url, take, signal);
      return stalled(signal);
    };
    const engine = await openEngine({ fetchUrl: slowly });
    engine.stop();
    const slow = Array.from({ length: 10 }, () => ({ url: 'https://example.com/slow' }));
    await engine.jobs.create(alice, requestOf(slow), undefined, BASE);
    const { id } = await engine.jobs.create(bob, requestOf(urls(5)), undefined, BASE);
    await engine.close();
    const next = await openEngine({ fetchUrl: slowly });
    expect(await until(next, { id }, undefined, bob)).toMatchObject({ status: 'succeeded' });
  });
});
