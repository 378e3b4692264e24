import { batchesAtOnce } from '../../../../lib/settings/jobs.ts';
import type { DurationModel } from '../durations.ts';
import { batchesOf } from './batches.ts';
import { type BucketJob, photoSeconds, stepsOf, type Worker } from './job.ts';
import { BATCH_SECONDS } from './volumes.ts';

/**
 * Standard child executions that Step Functions starts in a second for one Map Run:
 * docs.aws.amazon.com/step-functions, "Service quotas".
 */
export const STARTED_PER_SECOND = 100;

/** How long a job takes, in seconds. */
export interface JobTime {
  readonly prepare: number;
  readonly classify: number;
  readonly merge: number;
  readonly total: number;
  /** While all environments are busy. */
  readonly photosPerSecond: number;
  /** The longest that one batch takes. While the last ones run, the other environments wait. */
  readonly longestBatch: number;
}

/** Without failures, and without other jobs, which share the environments. A tenth of them is kept for others. */
export function jobTime(job: BucketJob, worker: Worker, durations: DurationModel): JobTime {
  const { count: batches, largest } = batchesOf(job.batchSize, job.count);
  const each = photoSeconds(job.photos, worker.memoryMiB, durations);
  const busy = job.count * each + batches * BATCH_SECONDS;
  const longestBatch = largest * each + BATCH_SECONDS;
  const starting = batches / STARTED_PER_SECOND;
  const workers = batchesAtOnce(worker.concurrency);
  const classify =
    Math.max(busy / Math.min(workers, batches), starting) +
    // On average half of the longest batch is left when there are no more to start.
    longestBatch / 2;
  const { prepareSeconds: prepare, mergeSeconds: merge } = stepsOf(job.count);
  return {
    prepare,
    classify,
    merge,
    total: prepare + classify + merge,
    photosPerSecond: Math.min(workers / (busy / job.count), STARTED_PER_SECOND * (job.count / batches)),
    longestBatch,
  };
}
