import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import {
  type Batch,
  hasOldUploads,
  jobRequest,
  newBatches,
  sortOut,
} from '../../../../../scripts/lib/classify/remote/batches.ts';

const OPTIONS = { model: 'm@1', top_k: 5, explain: 0 };

function batchOf(...files: readonly string[]): Batch {
  const photos = files.map((file) => ({ file, isWanted: true, uploadId: `upl_${file}`, problem: undefined }));
  return { photos, begunAt: new Date(), jobId: undefined };
}

test('photos are cut into jobs of a thousand', () => {
  const files = Array.from({ length: 2001 }, (_, index) => `${index}.jpg`);
  const batches = [...newBatches(files)];
  expect(batches.map(({ photos }) => photos.length)).toEqual([1000, 1000, 1]);
  expect(batches.flatMap(({ photos }) => photos.map(({ file }) => file))).toEqual(files);
});

test('a batch of an earlier run keeps the positions of its photos, also of those that are done', () => {
  const { begun, fresh } = sortOut(
    ['b.jpg', './c.jpg', 'new.jpg'],
    [batchOf(resolve('a.jpg'), resolve('b.jpg'), resolve('c.jpg')), batchOf(resolve('gone.jpg'))],
  );
  expect(fresh).toEqual(['new.jpg']);
  expect(begun).toHaveLength(1);
  // By the names of this run, which may be in another folder.
  expect(begun[0]?.photos.map(({ file, isWanted }) => [file, isWanted])).toEqual([
    [resolve('a.jpg'), false],
    ['b.jpg', true],
    ['./c.jpg', true],
  ]);
});

test('the key belongs to the request: the same again, another for other uploads or options', () => {
  const key = (batch: Batch, options = OPTIONS) => jobRequest(batch, options).idempotencyKey;
  const one = batchOf('a', 'b');
  expect(key(one)).toBe(key(batchOf('a', 'b')));
  expect(new Set([key(one), key(batchOf('b', 'a')), key(one, { ...OPTIONS, top_k: 1 })]).size).toBe(3);
  expect(jobRequest(one, { ...OPTIONS, explain: 2 }).body).toEqual({
    inputs: [{ upload_id: 'upl_a' }, { upload_id: 'upl_b' }],
    model: 'm@1',
    top_k: 5,
    explain: 2,
  });
});

test('uploads that a job may not read in time any more are sent again, unless the job has begun', () => {
  const old = { ...batchOf('a'), begunAt: new Date(Date.now() - 17 * 3_600_000) };
  expect(hasOldUploads(old)).toBe(true);
  expect(hasOldUploads({ ...old, jobId: 'job_1' })).toBe(false);
  expect(hasOldUploads(batchOf('a'))).toBe(false);
});
