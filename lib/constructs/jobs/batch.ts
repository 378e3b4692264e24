import { Duration } from 'aws-cdk-lib';
import {
  Choice,
  Condition,
  Errors,
  type IChainable,
  JitterType,
  JsonPath,
  type RetryProps,
  Succeed,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { ATTEMPT_SECONDS } from '../../settings/jobs.ts';
import { invoke, RETRY_FAILURE, RETRY_UNAVAILABLE, UNAVAILABLE } from './invoke.ts';
import type { VersionedFunction } from './versioned-function.ts';

/**
 * An execution may have 25,000 events in its history. An attempt adds three, and ranges that fail add up to 7000
 * (lambda/jobs/cloud/work/split.ts): docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html.
 */
const MOST_ATTEMPTS = 6000;

/** The worker's name for a fault of S3: lambda/jobs/cloud/storage/object-store.ts. */
const STORAGE_FAILED = 'StorageError';

export interface BatchProps {
  readonly worker: VersionedFunction;
  readonly steps: VersionedFunction;
  readonly maxHours: number;
}

/** One item of `batches.json`. */
const ITEM = '$$.Map.Item.Value';

/**
 * The input of {@link classifyBatch}, made from an item of `batches.json`:
 * `{ job_id, key, work: { ranges: [[first, last]], failed_ranges: 0 } }`.
 */
export const BATCH_INPUT = {
  job_id: JsonPath.stringAt(`${ITEM}.job_id`),
  key: JsonPath.stringAt(`${ITEM}.key`),
  work: { 'ranges.$': `States.Array(States.Array(${ITEM}.first, ${ITEM}.last))`, failed_ranges: 0 },
};

/**
 * Classifies the images of one batch. The worker does one range of them at a time and returns the others.
 *
 * If it fails, the range is cut into eight, until a range is one image, whose result is then a problem. So an image that
 * ends its worker costs only itself. There is no second attempt at a range, because its pieces are one. A fault of Lambda or S3 is different, because it would be taken for the fault of
 * every image: it is retried for as long as the job may take. The job then times out, and a redrive goes on here.
 */
export function classifyBatch(scope: Construct, { worker, steps, maxHours }: BatchProps): IChainable {
  const work = {
    'job_id.$': '$.job_id',
    'key.$': '$.key',
    'ranges.$': '$.work.ranges',
    'failed_ranges.$': '$.work.failed_ranges',
  };
  const classify = invoke(scope, 'Classify', { target: worker, event: work, resultPath: '$.work' });
  const split = invoke(scope, 'Split', {
    target: steps,
    event: { step: 'split', ...work, 'error.$': '$.error' },
    resultPath: '$.work',
  });
  // Step Functions collects the outputs of all batches, 256 KiB at most: `{}` each.
  const done = new Succeed(scope, 'Batch done', { outputPath: JsonPath.DISCARD });
  const more = new Choice(scope, 'More of the batch?')
    .when(Condition.isPresent('$.work.ranges[0]'), classify)
    .otherwise(done);
  classify.addRetry(retryUntil(maxHours)).addCatch(split, { errors: [Errors.ALL], resultPath: '$.error' });
  split.addRetry(RETRY_UNAVAILABLE).addRetry(RETRY_FAILURE);
  classify.next(more);
  split.next(more);
  return classify;
}

/** With full jitter, the time between two attempts is half of the delay on average. */
function retryUntil(maxHours: number): RetryProps {
  const enough = Math.ceil((2 * Duration.hours(maxHours).toSeconds()) / MOST_ATTEMPTS) + 1;
  return {
    errors: [...UNAVAILABLE, STORAGE_FAILED],
    interval: Duration.seconds(1),
    backoffRate: 2,
    maxDelay: Duration.seconds(Math.max(ATTEMPT_SECONDS, enough)),
    maxAttempts: MOST_ATTEMPTS,
    jitterStrategy: JitterType.FULL,
  };
}
