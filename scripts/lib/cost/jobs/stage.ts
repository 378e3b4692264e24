import type { JobsOn } from '../../../../lib/settings/jobs.ts';
import type { BilledSettings } from '../stage.ts';
import { OWN_SIZE } from './batches.ts';
import type { BucketJob, Worker } from './job.ts';
import type { Photos } from './photos.ts';

export const MILLION = 1_000_000;

/** The workers of a stage that has jobs. */
export const workerOf = (
  { architecture }: Pick<BilledSettings, 'architecture'>,
  { memoryMiB, concurrency }: Pick<JobsOn, 'memoryMiB' | 'concurrency'>,
): Worker => ({ architecture, memoryMiB, concurrency });

/** A job of a stage over the photos of a bucket. */
export const bucketJob = (
  count: number,
  photos: Photos,
  { keepDays }: Pick<JobsOn, 'keepDays'>,
): BucketJob => ({
  count,
  photos,
  batchSize: OWN_SIZE,
  keepDays,
});
