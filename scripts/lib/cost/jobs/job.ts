import type { BatchSize } from '../../../../lambda/jobs/cloud/prepare/batches.ts';
import type { PriceBook, PriceName } from '../../../../lib/prices.ts';
import { type Charge, charge, DAYS_PER_MONTH, GB, type Group, sumOf } from '../bill.ts';
import type { DurationModel } from '../durations.ts';
import { type LambdaFunction, onDemandPrice, vcpusOf } from '../function.ts';
import { BYTES } from '../volumes.ts';
import { batchesOf } from './batches.ts';
import type { Photos } from './photos.ts';
import {
  BATCH_SECONDS,
  INPUT_BYTES,
  KEYS_OF_LISTING,
  LISTING_SECONDS,
  MACHINE_LOG_BYTES,
  MERGE_BYTES_PER_SECOND,
  MERGED_PIECE_BYTES,
  READ_MS,
  RESULT_BYTES,
  S3_OF_BATCH,
  STEP_SECONDS,
  STEPS_MEMORY_MIB,
  TRANSITIONS_OF_BATCH,
  TRANSITIONS_OF_JOB,
} from './volumes.ts';

/** The function that classifies the photos of jobs. */
export interface Worker extends Pick<LambdaFunction, 'architecture' | 'memoryMiB'> {
  /** Execution environments. */
  readonly concurrency: number;
}

/** A job over the photos of a bucket. */
export interface BucketJob {
  readonly count: number;
  readonly photos: Photos;
  readonly batchSize: BatchSize;
  /** How long the results are kept. */
  readonly keepDays: number;
}

/** The photos are read in the job's region, so data transfer costs nothing. */
export function jobCharges(
  book: PriceBook,
  job: BucketJob,
  worker: Worker,
  durations: DurationModel,
): Charge[] {
  const { count, photos, keepDays } = job;
  const { architecture, memoryMiB, concurrency } = worker;
  const batches = batchesOf(job.batchSize, count).count;
  const steps = stepsOf(count);
  const one = (group: Group, name: string, price: PriceName, quantity: number) =>
    charge(book, group, name, price, quantity);

  const seconds =
    count * photoSeconds(photos, memoryMiB, durations) +
    batches * BATCH_SECONDS +
    (Math.min(concurrency, batches) * durations.initMs(vcpusOf(memoryMiB))) / 1000;
  const { started, states } = TRANSITIONS_OF_BATCH;
  const { eachInvocation, others } = TRANSITIONS_OF_JOB;
  const listings = Math.ceil(count / KEYS_OF_LISTING) + (2 * batches) / KEYS_OF_LISTING;
  const merged = (count * RESULT_BYTES) / MERGED_PIECE_BYTES;
  // The results of the batches and the merged ones, and the inputs.
  const storedGb = (count * (2 * RESULT_BYTES + INPUT_BYTES)) / GB;
  const logBytes = BYTES.applicationLog + BYTES.metricsLog + BYTES.platformLog + MACHINE_LOG_BYTES;
  const logGb = (batches * logBytes) / GB;
  return [
    one('compute', 'Worker', onDemandPrice(architecture), seconds * (memoryMiB / 1024)),
    one('compute', 'Steps', onDemandPrice(architecture), steps.seconds * (STEPS_MEMORY_MIB / 1024)),
    one('compute', 'Invocations', 'lambdaRequest', batches + steps.invocations),
    one(
      'compute',
      'State transitions',
      'stateTransition',
      batches * (started + states) + steps.invocations * eachInvocation + others,
    ),
    one('storage', 'Photos read', 's3Get', count),
    one('storage', 'Batches read', 's3Get', batches * S3_OF_BATCH.gets),
    one(
      'storage',
      'Batches and results written, lists',
      's3Put',
      batches * S3_OF_BATCH.puts + merged + listings,
    ),
    one(
      'storage',
      `Results stored for ${keepDays} days`,
      's3Storage',
      (storedGb * keepDays) / DAYS_PER_MONTH,
    ),
    one('observability', 'Logs', 'logsIngested', logGb),
  ];
}

export const usdOfJob = (...job: Parameters<typeof jobCharges>): number => sumOf(jobCharges(...job));

/** The time of the worker for one photo, with all downloads done ahead. */
export function photoSeconds(photos: Photos, memoryMiB: number, durations: DurationModel): number {
  const vcpus = vcpusOf(memoryMiB);
  const ownMs = photos.decodeMs + READ_MS.each + READ_MS.ofMegabyte * (photos.bytes / 1e6);
  return (durations.prediction(vcpus).meanMs + durations.serialMs(ownMs, vcpus)) / 1000;
}

export interface Steps {
  readonly prepareSeconds: number;
  readonly mergeSeconds: number;
  readonly seconds: number;
  readonly invocations: number;
}

/** Listing the bucket before the photos are classified, and merging the results afterwards. */
export function stepsOf(count: number): Steps {
  const prepareSeconds = Math.ceil(count / KEYS_OF_LISTING) * LISTING_SECONDS;
  const mergeSeconds = (count * RESULT_BYTES) / MERGE_BYTES_PER_SECOND;
  return {
    prepareSeconds,
    mergeSeconds,
    seconds: prepareSeconds + mergeSeconds,
    invocations: Math.ceil(prepareSeconds / STEP_SECONDS) + Math.ceil(mergeSeconds / STEP_SECONDS),
  };
}
