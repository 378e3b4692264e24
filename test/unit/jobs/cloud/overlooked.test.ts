import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { StorageError } from '../../../../lambda/jobs/cloud/storage/object-store.ts';
import type { JobId } from '../../../../lambda/jobs/ids.ts';
import { createMemoryCloud, JOBS_BUCKET, type MemoryCloud } from '../../../support/memory-cloud.ts';
import {
  create,
  find,
  indexesOf,
  jobRequest,
  NO_PHOTO,
  ofUploads,
  resultsOf,
  upload,
  upTo,
} from './client.ts';

const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const later = (minutes: number) => vi.setSystemTime(Date.now() + minutes * MINUTE);
const clock = (cloud: MemoryCloud) => cloud.steps({ step: 'age' }, () => true);
const finishedOf = ({ buckets }: MemoryCloud, id: JobId) =>
  JSON.parse(buckets.text(JOBS_BUCKET, `jobs/${id}/finished.json`) ?? 'null');

/** A cloud whose jobs fail, and EventBridge does not report it. */
function withoutEvents(): MemoryCloud {
  return createMemoryCloud({
    losesEvents: true,
    beforeInvoke: ({ function: name, event }) => {
      const [first] = name === 'worker' ? (event.ranges[0] ?? []) : [];
      if (first === 10) throw new StorageError('failed', 'S3 is down');
    },
  });
}

async function failing(cloud: MemoryCloud): Promise<JobId> {
  const photo = await upload(cloud, NO_PHOTO);
  const request = jobRequest(ofUploads(upTo(20).map(() => photo)), { webhook: 'https://example.com/' });
  const { id } = await create(cloud, request);
  await cloud.settle();
  return id;
}

describe('a job that failed, and whose end was not reported', () => {
  test('is ended by the clock, once', async () => {
    const cloud = withoutEvents();
    const id = await failing(cloud);
    later(25);
    await clock(cloud);
    expect(await find(cloud, id)).toMatchObject({
      status: 'failed',
      counts: { failed: 10, pending: 10 },
      results: { parts: 1 },
    });
    expect(indexesOf(await resultsOf(cloud, id))).toEqual(upTo(10));
    expect(cloud.webhooks.started.map(({ name }) => name)).toEqual([`${id}-failed`]);
    let merges = 0;
    cloud.buckets.beforeOperation = (operation) => {
      if (operation === 'merge') merges += 1;
    };
    await clock(cloud);
    expect(merges).toBe(0);
  });

  test('is ended when it has ended a second time', async () => {
    const cloud = withoutEvents();
    const id = await failing(cloud);
    later(25);
    await clock(cloud);
    const first = finishedOf(cloud, id);
    later(1);
    cloud.executions.redrive(id);
    await cloud.settle();
    later(25);
    await clock(cloud);
    expect(finishedOf(cloud, id).finished_at > first.finished_at).toBe(true);
  });

  test.each([
    ['a moment ago is left to its event', 1],
    ['hours ago is left to the operator, who was told', 150],
  ])('%s', async (_, minutes) => {
    const cloud = withoutEvents();
    const id = await failing(cloud);
    later(minutes);
    await clock(cloud);
    expect(finishedOf(cloud, id)).toBeNull();
  });

  test('does not keep others waiting if it cannot be ended', async () => {
    const cloud = withoutEvents();
    const ids = [await failing(cloud), await failing(cloud), await failing(cloud)];
    later(25);
    cloud.buckets.beforeOperation = (operation, _bucket, key) => {
      if (operation === 'merge' && key.includes(ids[0] ?? '')) throw new StorageError('failed', 'S3 is down');
    };
    await expect(clock(cloud)).rejects.toThrow('S3 is down');
    expect(ids.map((id) => finishedOf(cloud, id)?.status)).toEqual([undefined, 'failed', 'failed']);
  });

  test('is one of a few that one call ends', async () => {
    const cloud = withoutEvents();
    const ids: JobId[] = [];
    for (const _ of upTo(7)) ids.push(await failing(cloud));
    later(25);
    await clock(cloud);
    expect(ids.filter((id) => finishedOf(cloud, id))).toHaveLength(5);
    await clock(cloud);
    expect(ids.filter((id) => finishedOf(cloud, id))).toHaveLength(7);
  });
});
