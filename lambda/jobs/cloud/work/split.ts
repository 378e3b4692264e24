import { ServiceError } from '../../../errors.ts';
import type { FormatResult } from '../../result.ts';
import type { BatchDocument } from '../documents.ts';
import { eighthsOf, lengthOf } from '../ranges.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { requireJson } from '../storage/read.ts';
import { type BatchWork, firstOf, inputsIn, type RemainingWork } from './batch.ts';
import { writeResults, writtenResult } from './write-results.ts';

/** How Step Functions describes an error that it caught. */
export interface CaughtError {
  readonly Error?: string;
  readonly Cause?: string;
}

export interface SplitWork extends BatchWork {
  readonly error?: CaughtError;
}

/**
 * Of one batch. It takes four or five to find an image that crashes the worker among 2000. Each costs up to 61 events of
 * the execution, which may have 25,000, and MOST_ATTEMPTS in lib/constructs/jobs/batch.ts may take 18,000 of them. Each
 * also costs the start of a worker, about ten seconds.
 */
const MOST_FAILED_RANGES = 100;

/**
 * Errors that have nothing to do with the inputs: storage failed, or the worker cannot start. Every smaller range would
 * fail too, at the price of two calls for each. So the job fails, and can be started again where it stopped.
 */
const OF_THE_SERVICE: ReadonlySet<string | undefined> = new Set([
  'StorageError',
  'ConfigError',
  'BundleError',
  'NoBundleError',
  'Lambda.ResourceNotFoundException',
  'Lambda.AccessDeniedException',
]);

/**
 * Cuts the first range into eight, because the worker crashed, ran out of memory or ran out of time. A range of one input
 * is given up: the failure is its result. After too many failures, larger ranges are given up too.
 *
 * @throws Error if the failure is not about the inputs.
 */
export async function splitRange(
  { job_id: id, key, ranges, failed_ranges, error }: SplitWork,
  store: ObjectStore,
  format: FormatResult,
): Promise<RemainingWork> {
  if (OF_THE_SERVICE.has(error?.Error))
    throw new BatchNotDone(`The batch ${key} failed with ${error?.Error}`);
  const [range, rest] = firstOf(ranges);
  const failed = failed_ranges + 1;
  // What was cut has been tried before, as a part of a larger range.
  const isFirstAttempt = failed === 1;
  if (isFirstAttempt || (lengthOf(range) > 1 && failed <= MOST_FAILED_RANGES)) {
    return { ranges: [...eighthsOf(range), ...rest], failed_ranges: failed };
  }
  const { inputs } = await requireJson<BatchDocument>(store, key);
  const outcome = {
    error: new ServiceError(
      'internal',
      'The worker stopped each time it worked on this input, or on this one and those next to it.',
    ),
  };
  const results = inputsIn(key, inputs, range).map((input, offset) =>
    writtenResult(format, { index: range[0] + offset, input, model: undefined, outcome }),
  );
  await writeResults(store, id, range, results);
  return { ranges: rest, failed_ranges: failed };
}

export class BatchNotDone extends Error {
  override readonly name = 'BatchNotDone';
}
