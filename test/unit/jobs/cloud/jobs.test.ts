import { afterEach, describe, expect, test, vi } from 'vitest';
import { newJobId, newUploadId } from '../../../../lambda/jobs/ids.ts';
import { createMemoryCloud, JOBS_BUCKET, turn } from '../../../support/memory-cloud.ts';
import {
  alice,
  BASE,
  bob,
  create,
  find,
  jobRequest,
  NO_PHOTO,
  ofUploads,
  resultsOf,
  upload,
} from './client.ts';

const HOUR_MS = 3_600_000;

afterEach(() => {
  vi.useRealTimers();
});

describe('a job', () => {
  test('has a result for each input, in order, and its counts', async () => {
    const cloud = createMemoryCloud();
    const photo = await upload(cloud);
    const other = await upload(cloud, NO_PHOTO);
    const job = await create(cloud, jobRequest(ofUploads([photo, other, photo])));
    expect(job).toMatchObject({
      status: 'queued',
      counts: { total: 3, succeeded: 0, failed: 0, pending: 3 },
      startedAt: undefined,
      finishedAt: undefined,
      results: undefined,
    });
    await cloud.settle();
    const ended = await find(cloud, job.id);
    expect(ended).toMatchObject({
      status: 'succeeded',
      counts: { total: 3, succeeded: 2, failed: 1, pending: 0 },
      createdAt: job.createdAt,
      results: { parts: 1 },
      reason: undefined,
    });
    expect(ended.results?.expiresAt.getTime()).toBeGreaterThan(Date.now());
    // What Step Functions says no longer matters.
    cloud.executions.staleAnswers = 1;
    expect(await find(cloud, job.id)).toMatchObject({ status: 'succeeded', startedAt: ended.startedAt });
    expect(await resultsOf(cloud, job.id)).toMatchObject([
      { index: 0, input: { upload_id: photo }, predictions: [{ index: 7 }] },
      { index: 1, input: { upload_id: other }, problem: { code: 'unsupported_media_type' } },
      { index: 2, input: { upload_id: photo }, predictions: [{ index: 7 }] },
    ]);
  });

  test('that Step Functions does not show yet is queued, and not lost', async () => {
    const cloud = createMemoryCloud({ startsPaused: true });
    const job = await create(cloud, jobRequest(ofUploads([await upload(cloud)])));
    cloud.executions.staleAnswers = 1;
    expect((await find(cloud, job.id)).status).toBe('queued');
    cloud.proceed();
    await cloud.settle();
    expect((await find(cloud, job.id)).status).toBe('succeeded');
  });

  test('that Step Functions has forgotten keeps its end', async () => {
    const cloud = createMemoryCloud();
    const job = await create(cloud, jobRequest(ofUploads([await upload(cloud)])));
    await cloud.settle();
    cloud.executions.staleAnswers = 1;
    expect(await find(cloud, job.id)).toMatchObject({ status: 'succeeded', counts: { succeeded: 1 } });
  });

  test('whose results are complete has succeeded, whatever happens to its execution', async () => {
    const cloud = createMemoryCloud();
    const { id } = await create(cloud, jobRequest(ofUploads([await upload(cloud)])));
    await cloud.settle();
    const ended = await find(cloud, id);
    cloud.executions.describe = async () => ({
      status: 'aborted',
      startedAt: new Date(),
      stoppedAt: new Date(),
    });
    await cloud.steps({ step: 'close', job_id: id }, () => true);
    expect(await find(cloud, id)).toMatchObject({ status: 'succeeded', counts: ended.counts });
    expect(await resultsOf(cloud, id)).toHaveLength(1);
  });

  test('shows how far it is', async () => {
    const held = Promise.withResolvers<void>();
    const cloud = createMemoryCloud({
      beforeInvoke: (invocation) =>
        invocation.function === 'worker' && invocation.event.ranges[0]?.[0] === 10 ? held.promise : undefined,
    });
    const photo = await upload(cloud);
    const text = await upload(cloud, NO_PHOTO);
    const ids = Array.from({ length: 20 }, (_, index) => (index === 3 ? text : photo));
    const { id } = await create(cloud, jobRequest(ofUploads(ids)));
    await vi.waitUntil(async () => (await find(cloud, id)).counts.pending === 10);
    expect(await find(cloud, id)).toMatchObject({
      status: 'running',
      counts: { total: 20, succeeded: 9, failed: 1, pending: 10 },
      startedAt: expect.any(Date),
      finishedAt: undefined,
    });
    await expect(cloud.engine.jobs.results(alice, id, 1)).rejects.toMatchObject({
      code: 'results_not_ready',
      retryAfterSeconds: expect.any(Number),
    });
    held.resolve();
    await cloud.settle();
    expect((await find(cloud, id)).counts).toMatchObject({ succeeded: 19, failed: 1 });
  });

  test('of somebody else does not exist', async () => {
    const cloud = createMemoryCloud();
    const { id } = await create(cloud, jobRequest(ofUploads([await upload(cloud)])));
    await cloud.settle();
    const { jobs } = cloud.engine;
    for (const [owner, of] of [
      [bob, id],
      [alice, newJobId()],
    ] as const) {
      await expect(jobs.find(owner, of, BASE)).rejects.toMatchObject({ code: 'job_not_found' });
      await expect(jobs.results(owner, of, 1)).rejects.toMatchObject({ code: 'job_not_found' });
      await expect(jobs.cancel(owner, of, BASE)).rejects.toMatchObject({ code: 'job_not_found' });
    }
  });

  test('has only the parts of results that it has', async () => {
    const cloud = createMemoryCloud();
    const { id } = await create(cloud, jobRequest(ofUploads([await upload(cloud)])));
    await cloud.settle();
    await expect(cloud.engine.jobs.results(alice, id, 2)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test('whose upload vanishes has a problem for it', async () => {
    const cloud = createMemoryCloud({ startsPaused: true });
    const gone = await upload(cloud);
    const kept = await upload(cloud);
    const { id } = await create(cloud, jobRequest(ofUploads([gone, kept])));
    cloud.buckets.objects(JOBS_BUCKET).delete(`uploads/${alice}/${gone}`);
    cloud.proceed();
    await cloud.settle();
    expect(await resultsOf(cloud, id)).toMatchObject([
      { problem: { code: 'upload_not_found' } },
      { predictions: [{ index: 7 }] },
    ]);
  });

  test('with a model that the service does not have has a problem for each input', async () => {
    const cloud = createMemoryCloud();
    const photo = await upload(cloud);
    const { id } = await create(cloud, jobRequest(ofUploads([photo, photo]), { model: 'other@1' }));
    await cloud.settle();
    expect(await find(cloud, id)).toMatchObject({ status: 'succeeded', counts: { failed: 2 } });
  });
});

describe('a request for a job', () => {
  const cloud = createMemoryCloud();

  test('needs uploads that were sent', async () => {
    const never = await cloud.engine.uploads.create(alice, { bytes: 1, contentType: 'image/jpeg' }, BASE);
    const ofBob = await upload(cloud, NO_PHOTO, bob);
    for (const id of [never.id, ofBob, newUploadId()]) {
      const refused = { code: 'upload_not_found', detail: expect.stringContaining(id) };
      const both = [await upload(cloud), id];
      await expect(create(cloud, jobRequest(ofUploads(both)))).rejects.toMatchObject(refused);
      const manifest = jobRequest({ kind: 'manifest', uploadId: id });
      await expect(create(cloud, manifest)).rejects.toMatchObject(refused);
    }
    expect(cloud.executions.started).toEqual([]);
  });

  test('needs uploads of the last 24 hours', async () => {
    const id = await upload(cloud);
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 24 * HOUR_MS);
    await expect(create(cloud, jobRequest(ofUploads([id])))).rejects.toMatchObject({
      code: 'upload_not_found',
    });
  });

  test('may name no object of S3 but in a source that is allowed', async () => {
    for (const request of [
      jobRequest({ kind: 'inputs', inputs: [{ s3: 's3://photos/2026/a.jpg' }] }),
      jobRequest({ kind: 'prefix', prefix: 's3://photos/2026/' }),
    ]) {
      await expect(create(cloud, request)).rejects.toMatchObject({ code: 'source_not_allowed' });
    }
  });

  test('is refused while its caller has half of all running jobs, and nobody else is', async () => {
    const busy = createMemoryCloud({ startsPaused: true });
    const request = jobRequest({ kind: 'inputs', inputs: [{ url: 'https://example.com/cat.jpg' }] });
    for (let jobs = 0; jobs < 100; jobs += 1) await create(busy, request);
    await expect(create(busy, request)).rejects.toMatchObject({ code: 'overloaded' });
    await create(busy, request, { owner: bob });
  });

  test('that is refused because too many jobs run looks for no uploads', async () => {
    const full = createMemoryCloud();
    const id = await upload(full);
    let heads = 0;
    full.buckets.beforeOperation = (operation) => {
      if (operation === 'head') heads += 1;
    };
    full.executions.running = async function* () {
      for (let index = 0; index < 1000; index += 1) yield { name: newJobId(), startedAt: new Date() };
    };
    const request = jobRequest(ofUploads([id]));
    await expect(create(full, request)).rejects.toMatchObject({ code: 'overloaded' });
    expect(heads).toBe(0);
  });

  test('may have no webhook of a private host', async () => {
    const source = ofUploads([await upload(cloud)]);
    for (const webhook of ['http://example.com/', 'https://localhost/', 'https://169.254.169.254/']) {
      await expect(create(cloud, jobRequest(source, { webhook }))).rejects.toMatchObject({
        code: 'url_not_allowed',
      });
    }
  });
});

describe('an idempotency key', () => {
  test('gives the same job for the same request, also when the job has ended', async () => {
    const cloud = createMemoryCloud();
    const request = jobRequest(ofUploads([await upload(cloud)]));
    const first = await create(cloud, request, { key: 'one' });
    expect((await create(cloud, request, { key: 'one' })).id).toBe(first.id);
    await cloud.settle();
    expect(await create(cloud, structuredClone(request), { key: 'one' })).toMatchObject({
      id: first.id,
      status: 'succeeded',
      createdAt: first.createdAt,
    });
    expect(cloud.executions.started).toHaveLength(1);
    expect((await create(cloud, request, { key: 'two' })).id).not.toBe(first.id);
    expect((await create(cloud, request)).id).not.toBe(first.id);
  });

  test('of two requests at the same time gives one job', async () => {
    const cloud = createMemoryCloud();
    const request = jobRequest(ofUploads([await upload(cloud)]));
    const jobs = await Promise.all(Array.from({ length: 5 }, () => create(cloud, request, { key: 'one' })));
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(1);
    expect(cloud.executions.started).toHaveLength(1);
  });

  test('is refused for another request', async () => {
    const cloud = createMemoryCloud();
    const photo = await upload(cloud);
    const request = jobRequest(ofUploads([photo]));
    await create(cloud, request, { key: 'one' });
    for (const other of [
      jobRequest(ofUploads([photo, photo])),
      jobRequest({ kind: 'inputs', inputs: [{ url: photo }] }),
      jobRequest({ kind: 'manifest', uploadId: photo }),
      { ...request, options: { topK: 2, explain: 0 } },
      { ...request, options: { topK: 1, explain: 1 } },
      { ...request, model: 'resnet50@1' },
      { ...request, webhook: 'https://example.com/hook' },
    ]) {
      await expect(create(cloud, other, { key: 'one' })).rejects.toMatchObject({
        code: 'idempotency_key_reused',
      });
    }
  });

  test('of two requests at the same time that differ gives one of them', async () => {
    const cloud = createMemoryCloud();
    const photo = await upload(cloud);
    const outcomes = await Promise.allSettled(
      [1, 2].map((topK) =>
        create(cloud, jobRequest(ofUploads([photo]), { options: { topK, explain: 0 } }), { key: 'one' }),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'idempotency_key_reused' } });
  });

  test('of somebody else is another key', async () => {
    const cloud = createMemoryCloud();
    const request = jobRequest({ kind: 'inputs', inputs: [{ url: 'https://example.com/cat.jpg' }] });
    const mine = await create(cloud, request, { key: 'one' });
    const theirs = await create(cloud, { ...request, model: 'x' }, { key: 'one', owner: bob });
    expect(theirs.id).not.toBe(mine.id);
  });

  test('starts a job that was accepted and not started', async () => {
    const cloud = createMemoryCloud();
    const request = jobRequest(ofUploads([await upload(cloud)]));
    const { start } = cloud.executions;
    cloud.executions.start = async () => {
      throw new Error('the function was killed');
    };
    await expect(create(cloud, request, { key: 'one' })).rejects.toThrow('killed');
    cloud.executions.start = start;
    const { id } = await create(cloud, request, { key: 'one' });
    await cloud.settle();
    expect((await find(cloud, id)).status).toBe('succeeded');
  });

  test('gives its job when the uploads have expired', async () => {
    const cloud = createMemoryCloud();
    const request = jobRequest(ofUploads([await upload(cloud)]));
    const first = await create(cloud, request, { key: 'one' });
    await cloud.settle();
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 30 * HOUR_MS);
    expect((await create(cloud, request, { key: 'one' })).id).toBe(first.id);
  });

  test('runs no job again that has ended, when Step Functions has forgotten it', async () => {
    const cloud = createMemoryCloud();
    const request = jobRequest(ofUploads([await upload(cloud)]));
    const { id } = await create(cloud, request, { key: 'one' });
    await cloud.settle();
    let starts = 0;
    cloud.executions.describe = async () => undefined;
    cloud.executions.start = async () => {
      starts += 1;
    };
    expect(await create(cloud, request, { key: 'one' })).toMatchObject({ id, status: 'succeeded' });
    expect(starts).toBe(0);
  });

  test('cannot be used again when its job is deleted, because Step Functions keeps the name', async () => {
    const cloud = createMemoryCloud();
    const request = jobRequest(ofUploads([await upload(cloud)]));
    const { id } = await create(cloud, request, { key: 'one' });
    await cloud.settle();
    cloud.buckets.objects(JOBS_BUCKET).delete(`jobs/${id}/request.json`);
    await expect(create(cloud, request, { key: 'one' })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
      detail: expect.stringContaining('deleted'),
    });
  });
});

describe('a job that is cancelled', () => {
  test('keeps what was done', async () => {
    const held = Promise.withResolvers<void>();
    const cloud = createMemoryCloud({
      beforeInvoke: (invocation) =>
        invocation.function === 'worker' && invocation.event.ranges[0]?.[0] !== 10 ? held.promise : undefined,
    });
    const photo = await upload(cloud);
    const ids = Array.from({ length: 30 }, () => photo);
    const { id } = await create(cloud, jobRequest(ofUploads(ids), { webhook: 'https://example.com/hook' }));
    await vi.waitUntil(async () => (await find(cloud, id)).counts.pending === 20);
    const cancelled = await cloud.engine.jobs.cancel(alice, id, BASE);
    expect(cancelled).toMatchObject({
      status: 'cancelled',
      counts: { total: 30, succeeded: 10, failed: 0, pending: 20 },
      finishedAt: expect.any(Date),
      results: undefined,
    });
    await expect(cloud.engine.jobs.results(alice, id, 1)).rejects.toMatchObject({
      code: 'results_not_ready',
    });
    held.resolve();
    await cloud.settle();
    expect(await find(cloud, id)).toMatchObject({
      status: 'cancelled',
      counts: { pending: 20 },
      results: { parts: 1 },
    });
    const lines = await resultsOf(cloud, id);
    expect(lines.map(({ index }) => index)).toEqual(Array.from({ length: 10 }, (_, index) => 10 + index));
    expect(cloud.webhooks.started).toEqual([
      { name: `${id}-cancelled`, input: { job_id: id, type: 'job.cancelled' } },
    ]);
    expect((await cloud.engine.jobs.cancel(alice, id, BASE)).status).toBe('cancelled');
  });

  test('before anything was done has no results', async () => {
    const cloud = createMemoryCloud({ startsPaused: true });
    const { id } = await create(cloud, jobRequest(ofUploads([await upload(cloud)])));
    await turn();
    expect((await cloud.engine.jobs.cancel(alice, id, BASE)).status).toBe('cancelled');
    cloud.proceed();
    await cloud.settle();
    expect(await find(cloud, id)).toMatchObject({
      status: 'cancelled',
      counts: { total: 1, pending: 1 },
      results: { parts: 1 },
    });
    expect(await resultsOf(cloud, id)).toEqual([]);
  });

  test('is cancelled even if Step Functions still reports that it runs', async () => {
    const cloud = createMemoryCloud({ startsPaused: true });
    const { id } = await create(cloud, jobRequest(ofUploads([await upload(cloud)])));
    const { describe: describeNow } = cloud.executions;
    const before = await describeNow(id);
    cloud.executions.describe = async () => before;
    expect((await cloud.engine.jobs.cancel(alice, id, BASE)).status).toBe('cancelled');
    cloud.executions.describe = describeNow;
    cloud.proceed();
    await cloud.settle();
  });

  test('after its end stays as it is', async () => {
    const cloud = createMemoryCloud();
    const { id } = await create(cloud, jobRequest(ofUploads([await upload(cloud)])));
    await cloud.settle();
    expect((await cloud.engine.jobs.cancel(alice, id, BASE)).status).toBe('succeeded');
    expect((await find(cloud, id)).status).toBe('succeeded');
  });
});
