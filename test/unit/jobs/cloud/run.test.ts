import { describe, expect, test, vi } from 'vitest';
import { ServiceError } from '../../../../lambda/errors.ts';
import { StorageError } from '../../../../lambda/jobs/cloud/storage/object-store.ts';
import type { JobSource } from '../../../../lambda/jobs/engine.ts';
import type { JobId } from '../../../../lambda/jobs/ids.ts';
import { createMemoryCloud, type Invocation, JOBS_BUCKET } from '../../../support/memory-cloud.ts';
import {
  alice,
  create,
  find,
  indexesOf,
  jobRequest,
  NO_PHOTO,
  ofUploads,
  PHOTO,
  resultsOf,
  upload,
  upTo,
} from './client.ts';

const startedAt = '2026-03-04T10:00:00.000Z';
const SOURCES = [{ bucket: 'photos', prefix: '2026/' }];
const FOLDER: JobSource = { kind: 'prefix', prefix: 's3://photos/2026/' };

/** Whether a worker is asked for the input at a position. */
const asksFor = (invocation: Invocation, position: number): boolean => {
  if (invocation.function !== 'worker') return false;
  const [first = 0, last = 0] = invocation.event.ranges[0] ?? [];
  return first <= position && position <= last;
};

describe('a bucket', () => {
  const withPhotos = (keys: readonly string[], options: Parameters<typeof createMemoryCloud>[0] = {}) => {
    const cloud = createMemoryCloud({ sources: SOURCES, ...options });
    const photos = cloud.buckets.objects('photos');
    const lastModified = new Date();
    for (const key of keys) {
      photos.set(key, {
        body: key.endsWith('/') ? new Uint8Array() : NO_PHOTO,
        lastModified,
        contentType: undefined,
      });
    }
    return cloud;
  };

  test('is read in the order of its names, without the objects that stand for folders', async () => {
    const keys = ['2026/', '2026/a b.jpg', '2026/a#1?.jpg', '2026/b/', '2026/b/1%25.jpg', '2026/é/猫.jpg'];
    const cloud = withPhotos([...keys.toReversed(), '2025/a.jpg', '2027/a.jpg']);
    cloud.buckets
      .objects('photos')
      .set('2026/a b.jpg', { body: PHOTO, lastModified: new Date(), contentType: undefined });
    const { id } = await create(cloud, jobRequest(FOLDER));
    await cloud.settle();
    expect(await resultsOf(cloud, id)).toMatchObject([
      { index: 0, input: { s3: 's3://photos/2026/a b.jpg' }, predictions: [{ index: 7 }] },
      { index: 1, input: { s3: 's3://photos/2026/a#1?.jpg' }, problem: { code: 'unsupported_media_type' } },
      { index: 2, input: { s3: 's3://photos/2026/b/1%25.jpg' } },
      { index: 3, input: { s3: 's3://photos/2026/é/猫.jpg' } },
    ]);
  });

  test('is queued with no inputs until they are counted', async () => {
    const cloud = withPhotos(['2026/a.jpg'], { startsPaused: true });
    const { id, status, counts } = await create(cloud, jobRequest(FOLDER));
    expect({ status, counts }).toEqual({
      status: 'queued',
      counts: { total: 0, succeeded: 0, failed: 0, pending: 0 },
    });
    cloud.proceed();
    await cloud.settle();
    expect((await find(cloud, id)).counts).toMatchObject({ total: 1, failed: 1 });
  });

  test('of many objects is prepared in many calls, some of which are repeated', async () => {
    const keys = upTo(2345).map((index) => `2026/${String(index).padStart(5, '0')}.jpg`);
    let crashes = 0;
    const cloud = withPhotos(keys, { stepsBeforeTimeout: 3, inputsAFile: 1000 });
    let puts = 0;
    cloud.buckets.beforeOperation = (operation, _, key) => {
      if (operation !== 'put' || !key.includes('/inputs/')) return;
      puts += 1;
      if (puts % 7 !== 0 || crashes >= 3) return;
      crashes += 1;
      throw new StorageError('failed', 'the function was killed');
    };
    const { steps } = cloud;
    const { id } = await create(cloud, jobRequest(FOLDER));
    await cloud.settle();
    // The state machine repeats a step that failed. Here its execution is started again.
    for (let redrives = 0; (await find(cloud, id)).status === 'failed' && redrives < 5; redrives += 1) {
      cloud.executions.redrive(id);
      await cloud.settle();
    }
    expect(crashes).toBe(3);
    expect(await find(cloud, id)).toMatchObject({
      status: 'succeeded',
      counts: { total: 2345 },
      results: { parts: 3 },
    });
    const lines = await resultsOf(cloud, id);
    expect(indexesOf(lines)).toEqual(upTo(2345));
    expect(lines.map(({ input }) => input)).toEqual(keys.map((key) => ({ s3: `s3://photos/${key}` })));
    expect(await steps({ step: 'prepare', job_id: id }, () => true)).toEqual({ done: true });
  });

  test('that changes while a lost call still prepares it keeps the list that is being classified', async () => {
    const cloud = withPhotos(upTo(150).map((index) => `2026/${String(index).padStart(3, '0')}.jpg`));
    const { id } = await create(cloud, jobRequest(FOLDER));
    await cloud.settle();
    cloud.buckets.objects('photos').delete('2026/000.jpg');
    const lost = await cloud.steps({ step: 'prepare', job_id: id }, () => true);
    expect(lost).toEqual({ done: true });
    const finish = { step: 'finish', job_id: id, started_at: new Date().toISOString() } as const;
    expect(await cloud.steps(finish, () => true)).toEqual({ done: true });
    expect((await find(cloud, id)).counts).toMatchObject({ total: 150, pending: 0 });
  });

  test.each([
    ['is empty', ['2025/a.jpg'], undefined, 'There are no objects below the prefix.'],
    ['may not be listed', ['2026/a.jpg'], 'refused', 'The service may not list the bucket photos.'],
    ['does not exist', ['2026/a.jpg'], 'no bucket', 'There is no bucket photos.'],
  ] as const)('that %s fails the job with the reason', async (_, keys, failure, reason) => {
    const cloud = withPhotos(keys);
    cloud.buckets.beforeOperation = (operation, bucket) => {
      if (failure && operation === 'list' && bucket === 'photos')
        throw new StorageError(failure, 'AccessDenied');
    };
    const { id } = await create(cloud, jobRequest(FOLDER, { webhook: 'https://example.com/hook' }));
    await cloud.settle();
    expect(await find(cloud, id)).toMatchObject({ status: 'failed', reason, counts: { total: 0 } });
    expect(cloud.webhooks.started).toMatchObject([{ name: `${id}-failed` }]);
    expect(JSON.parse(cloud.buckets.text(JOBS_BUCKET, `jobs/${id}/finished.json`) ?? '')).toMatchObject({
      status: 'failed',
      reason,
    });
  });

  test('whose objects vanish or may not be read has a problem for each', async () => {
    const cloud = withPhotos(['2026/a.jpg', '2026/b.jpg', '2026/c.jpg']);
    cloud.buckets.beforeOperation = (operation, bucket, key) => {
      if (operation !== 'open' || bucket !== 'photos') return;
      if (key === '2026/a.jpg') cloud.buckets.objects('photos').delete(key);
      if (key === '2026/b.jpg') throw new StorageError('refused', 'AccessDenied');
    };
    const { id } = await create(cloud, jobRequest(FOLDER));
    await cloud.settle();
    expect((await resultsOf(cloud, id)).map(({ problem }) => problem?.code)).toEqual([
      'url_fetch_failed',
      'url_fetch_failed',
      'unsupported_media_type',
    ]);
  });
});

describe('a manifest', () => {
  test('is read line by line, in one call or in many', async () => {
    const cloud = createMemoryCloud({ sources: SOURCES, stepsBeforeTimeout: 1 });
    cloud.buckets.objects('photos');
    const photo = await upload(cloud, NO_PHOTO);
    const lines = upTo(250).map((index) => (index % 2 === 0 ? photo : `s3://photos/2026/${index}.jpg`));
    const manifest = await upload(cloud, new TextEncoder().encode(lines.join('\r\n\r\n')));
    const { id } = await create(cloud, jobRequest({ kind: 'manifest', uploadId: manifest }));
    await cloud.settle();
    expect(await find(cloud, id)).toMatchObject({
      status: 'succeeded',
      counts: { total: 250, failed: 250 },
    });
    const results = await resultsOf(cloud, id);
    expect(indexesOf(results)).toEqual(upTo(250));
    expect(results.map(({ input }) => Object.values(input)[0])).toEqual(lines);
  });

  test('with a wrong line fails the job with the number of the line', async () => {
    const cloud = createMemoryCloud();
    const manifest = await upload(
      cloud,
      new TextEncoder().encode('https://example.com/\n\ns3://photos/a.jpg\n'),
    );
    const { id } = await create(cloud, jobRequest({ kind: 'manifest', uploadId: manifest }));
    await cloud.settle();
    expect(await find(cloud, id)).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/^Line 3 of the manifest: /),
    });
  });

  test('of somebody else is not read', async () => {
    const cloud = createMemoryCloud();
    const secret = await upload(cloud);
    const manifest = await upload(cloud, new TextEncoder().encode(secret), alice);
    cloud.buckets.objects(JOBS_BUCKET).delete(`uploads/${alice}/${secret}`);
    const { id } = await create(cloud, jobRequest({ kind: 'manifest', uploadId: manifest }));
    await cloud.settle();
    expect(await resultsOf(cloud, id)).toMatchObject([{ problem: { code: 'upload_not_found' } }]);
  });
});

describe('a worker', () => {
  test('that crashes costs only the input that crashes it', async () => {
    let invocations = 0;
    const cloud = createMemoryCloud({
      beforeInvoke: (invocation) => {
        if (invocation.function !== 'worker') return;
        invocations += 1;
        if (asksFor(invocation, 13)) throw new Error('the process was killed');
      },
    });
    const photo = await upload(cloud);
    const { id } = await create(cloud, jobRequest(ofUploads(upTo(40).map(() => photo))));
    await cloud.settle();
    expect(await find(cloud, id)).toMatchObject({
      status: 'succeeded',
      counts: { total: 40, succeeded: 39, failed: 1, pending: 0 },
    });
    const lines = await resultsOf(cloud, id);
    expect(indexesOf(lines)).toEqual(upTo(40));
    expect(lines.flatMap(({ index, problem }) => (problem ? [{ index, problem }] : []))).toEqual([
      { index: 13, problem: { code: 'internal' } },
    ]);
    // Four batches of ten. One of them is cut into eight, and one of the eight into two.
    expect(invocations).toBeLessThan(4 + 8 + 2 + 1);
  });

  test('that crashes after it has written leaves no input twice', async () => {
    const crashed = new Set<string>();
    const cloud = createMemoryCloud();
    cloud.buckets.beforeOperation = (operation, _, key) => {
      // Between the results and their count, for each range of the first batch with more than one input.
      const [, first = '', last = ''] = /failed\/(\d+)-(\d+)$/.exec(key) ?? [];
      const isLarge = Number(last) > Number(first);
      if (operation !== 'put' || !key.includes('/failed/') || !isLarge || Number(first) >= 10) return;
      crashed.add(key);
      throw new Error('the process was killed');
    };
    const photo = await upload(cloud);
    const { id } = await create(cloud, jobRequest(ofUploads(upTo(25).map(() => photo))));
    await cloud.settle();
    expect(crashed.size).toBeGreaterThan(1);
    expect((await find(cloud, id)).counts).toEqual({ total: 25, succeeded: 25, failed: 0, pending: 0 });
    expect(indexesOf(await resultsOf(cloud, id))).toEqual(upTo(25));
  });

  test('whose storage fails makes the job fail, and a redrive goes on where it stopped', async () => {
    let isBroken = true;
    const done: number[] = [];
    const cloud = createMemoryCloud({
      beforeInvoke: (invocation) => {
        if (invocation.function === 'worker') done.push(invocation.event.ranges[0]?.[0] ?? -1);
        if (isBroken && asksFor(invocation, 15)) throw new StorageError('failed', 'S3 is down');
      },
    });
    const photo = await upload(cloud);
    const source = ofUploads(upTo(30).map(() => photo));
    const { id } = await create(cloud, jobRequest(source, { webhook: 'https://example.com/hook' }));
    await cloud.settle();
    expect(await find(cloud, id)).toMatchObject({
      status: 'failed',
      counts: { total: 30, succeeded: 20, failed: 0, pending: 10 },
      reason: 'The service failed while it worked on the job.',
      results: { parts: 1 },
    });
    expect(indexesOf(await resultsOf(cloud, id))).toEqual([
      ...upTo(10),
      ...upTo(10).map((index) => index + 20),
    ]);

    isBroken = false;
    done.length = 0;
    cloud.executions.redrive(id);
    const running = await find(cloud, id);
    expect(running).toMatchObject({
      status: 'running',
      finishedAt: undefined,
      results: undefined,
      reason: undefined,
    });
    await cloud.settle();
    expect(done).toEqual([10]);
    expect(await find(cloud, id)).toMatchObject({
      status: 'succeeded',
      counts: { total: 30, succeeded: 30, pending: 0 },
      reason: undefined,
    });
    expect(indexesOf(await resultsOf(cloud, id))).toEqual(upTo(30));
    expect(cloud.webhooks.started.map(({ name }) => name)).toEqual([`${id}-failed`, `${id}-succeeded`]);
  });

  test('whose job fails twice has the results of the second time only when they are merged', async () => {
    const held = Promise.withResolvers<void>();
    let closes = 0;
    let failing = 15;
    const cloud = createMemoryCloud({
      beforeInvoke: async (invocation) => {
        if (invocation.function === 'steps' && invocation.event.step === 'close') {
          closes += 1;
          if (closes === 2) await held.promise;
        }
        if (asksFor(invocation, failing)) throw new StorageError('failed', 'S3 is down');
        if (asksFor(invocation, 25)) throw new StorageError('failed', 'S3 is down');
      },
    });
    const photo = await upload(cloud, NO_PHOTO);
    const { id } = await create(cloud, jobRequest(ofUploads(upTo(30).map(() => photo))));
    await cloud.settle();
    expect(await find(cloud, id)).toMatchObject({ counts: { pending: 20 }, results: { parts: 1 } });
    failing = 25;
    cloud.executions.redrive(id);
    await vi.waitUntil(() => closes === 2);
    expect(await find(cloud, id)).toMatchObject({
      status: 'failed',
      counts: { pending: 10 },
      results: undefined,
    });
    held.resolve();
    await cloud.settle();
    expect(await find(cloud, id)).toMatchObject({ status: 'failed', results: { parts: 1 } });
    expect(indexesOf(await resultsOf(cloud, id))).toEqual(upTo(20));
  });

  test('records each batch with its failures', async () => {
    const cloud = createMemoryCloud();
    const photo = await upload(cloud);
    const text = await upload(cloud, NO_PHOTO);
    const { id } = await create(cloud, jobRequest(ofUploads([photo, text, text])));
    await cloud.settle();
    expect(cloud.batches).toMatchObject([
      { jobId: id, range: [0, 2], failures: new Map([['unsupported_media_type', 2]]) },
    ]);
  });
});

describe('the end of a job', () => {
  test('needs the results of all inputs', async () => {
    const cloud = createMemoryCloud();
    const photo = await upload(cloud);
    const { id } = await create(cloud, jobRequest(ofUploads(upTo(20).map(() => photo))));
    await cloud.settle();
    const results = cloud.buckets.objects(JOBS_BUCKET);
    results.delete(`results/${id}/parts/0000000010-0000000019.ndjson`);
    const finish = cloud.steps({ step: 'finish', job_id: id, started_at: startedAt }, () => true);
    await expect(finish).rejects.toThrow('Expected the results of 20 inputs, got 10');
  });

  test('has files of results that go on where the one before ends, in one call or in many', async () => {
    for (const stepsBeforeTimeout of [1, 2, Number.POSITIVE_INFINITY]) {
      const cloud = createMemoryCloud({ inputsAFile: 25, stepsBeforeTimeout });
      const photo = await upload(cloud, NO_PHOTO);
      const { id } = await create(cloud, jobRequest(ofUploads(upTo(100).map(() => photo))));
      await cloud.settle();
      // Batches of ten are not divided.
      expect((await find(cloud, id)).results).toMatchObject({ parts: 5 });
      expect(indexesOf(await resultsOf(cloud, id))).toEqual(upTo(100));
    }
  });

  test('has files of so many bytes that one call can write one, if a few results have them', async () => {
    const bytesAFile = 30_000;
    for (const stepsBeforeTimeout of [1, Number.POSITIVE_INFINITY]) {
      const cloud = createMemoryCloud({
        bytesAFile,
        stepsBeforeTimeout,
        // The results of the batch from 50 on are larger than a file may be.
        format: ({ index }) =>
          JSON.stringify({ index, filler: 'x'.repeat(50 <= index && index < 60 ? 5000 : 1000) }),
      });
      const photo = await upload(cloud, NO_PHOTO);
      const { id } = await create(cloud, jobRequest(ofUploads(upTo(100).map(() => photo))));
      await cloud.settle();
      expect(indexesOf(await resultsOf(cloud, id))).toEqual(upTo(100));
      const sizes = [...cloud.buckets.objects(JOBS_BUCKET)]
        .filter(([key]) => key.includes('/results-'))
        .map(([, { body }]) => body.byteLength);
      expect((await find(cloud, id)).results).toMatchObject({ parts: 6 });
      expect(sizes).toHaveLength(6);
      expect(sizes.filter((size) => size > bytesAFile)).toHaveLength(1);
    }
  });

  test('that failed is written in several calls if there are many results', async () => {
    const calls: string[] = [];
    const cloud = createMemoryCloud({
      inputsAFile: 10,
      stepsBeforeTimeout: 1,
      beforeInvoke: (invocation) => {
        if (invocation.function === 'steps') calls.push(invocation.event.step);
        if (asksFor(invocation, 35)) throw new StorageError('failed', 'S3 is down');
      },
    });
    const photo = await upload(cloud, NO_PHOTO);
    const { id } = await create(cloud, jobRequest(ofUploads(upTo(40).map(() => photo))));
    await cloud.settle();
    expect(calls.filter((step) => step === 'close')).toHaveLength(3);
    expect(await find(cloud, id)).toMatchObject({ status: 'failed', results: { parts: 3 } });
    expect(indexesOf(await resultsOf(cloud, id))).toEqual(upTo(30));
  });

  test('is written down when Step Functions answers no questions', async () => {
    const cloud = createMemoryCloud({
      beforeInvoke: (invocation) => {
        if (asksFor(invocation, 15)) throw new StorageError('failed', 'S3 is down');
      },
    });
    const photo = await upload(cloud);
    const jobOf = (inputs: number) =>
      create(
        cloud,
        jobRequest(ofUploads(upTo(inputs).map(() => photo)), { webhook: 'https://example.com/' }),
      );
    const { describe: describeNow } = cloud.executions;
    cloud.executions.describe = () => Promise.reject(new ServiceError('overloaded', 'Try again.'));
    const [good, bad] = [await jobOf(10), await jobOf(20)];
    await cloud.settle();
    expect(await find(cloud, good.id)).toMatchObject({
      status: 'succeeded',
      counts: { succeeded: 10 },
      startedAt: (await describeNow(good.id))?.startedAt,
    });
    cloud.executions.describe = describeNow;
    const ended = await describeNow(bad.id);
    expect(await find(cloud, bad.id)).toMatchObject({
      status: 'failed',
      counts: { succeeded: 10, pending: 10 },
      results: { parts: 1 },
      startedAt: ended?.startedAt,
      finishedAt: ended?.stoppedAt,
    });
    expect(cloud.webhooks.started.map(({ name }) => name).sort()).toEqual(
      [`${good.id}-succeeded`, `${bad.id}-failed`].sort(),
    );
  });

  test('has the counts of its file, also if a worker goes on after the job was stopped', async () => {
    let isLate = false;
    let id = '';
    const cloud = createMemoryCloud({
      beforeInvoke: (invocation) => {
        if (asksFor(invocation, 15)) throw new StorageError('failed', 'S3 is down');
      },
    });
    const photo = await upload(cloud);
    const objects = cloud.buckets.objects(JOBS_BUCKET);
    const late = (text: string) => ({
      body: Buffer.from(text),
      lastModified: new Date(),
      contentType: undefined,
    });
    cloud.buckets.beforeOperation = (operation) => {
      const isMerged = objects.has(`results/${id}/results-1.ndjson`);
      if (isLate || operation !== 'list' || !isMerged) return;
      isLate = true;
      const lines = Array.from({ length: 10 }, (_line, index) => `{"index":${10 + index}}\n`);
      objects.set(`results/${id}/parts/0000000010-0000000019.ndjson`, late(lines.join('')));
      objects.set(`results/${id}/failed/0000000010-0000000019`, late(''));
    };
    ({ id } = await create(cloud, jobRequest(ofUploads(upTo(30).map(() => photo)))));
    await cloud.settle();
    const { counts } = await find(cloud, id as JobId);
    const lines = await resultsOf(cloud, id as JobId);
    expect(counts).toEqual({
      total: 30,
      succeeded: lines.filter(({ problem }) => !problem).length,
      failed: lines.filter(({ problem }) => problem).length,
      pending: 30 - lines.length,
    });
  });

  test('leaves out results that are not counted yet', async () => {
    const cloud = createMemoryCloud({
      beforeInvoke: (invocation) => {
        if (asksFor(invocation, 15)) throw new StorageError('failed', 'S3 is down');
      },
    });
    const photo = await upload(cloud, NO_PHOTO);
    // The worker is ended between the results and their count, each time.
    cloud.buckets.beforeOperation = (operation, _, key) => {
      if (operation === 'put' && key.endsWith('failed/0000000000-0000000009'))
        throw new StorageError('failed', 'S3 is down');
    };
    const { id } = await create(cloud, jobRequest(ofUploads(upTo(30).map(() => photo))));
    await cloud.settle();
    expect((await find(cloud, id)).counts).toEqual({ total: 30, succeeded: 0, failed: 10, pending: 20 });
    expect(indexesOf(await resultsOf(cloud, id))).toEqual(upTo(10).map((index) => 20 + index));
  });

  test('that is reported late does not undo a later success', async () => {
    const cloud = createMemoryCloud();
    const { id } = await create(cloud, jobRequest(ofUploads([await upload(cloud)])));
    await cloud.settle();
    await cloud.steps({ step: 'close', job_id: id }, () => true);
    expect((await find(cloud, id)).status).toBe('succeeded');
  });
});
