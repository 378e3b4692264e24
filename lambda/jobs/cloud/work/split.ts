import { ServiceError } from '../../../errors.ts';
import type { FormatResult } from '../../result.ts';
import type { BatchDocument } from '../documents.ts';
import { halvesOf, lengthOf } from '../ranges.ts';
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
 * Halves the first range, because the worker crashed, ran out of memory or ran out of time. A range of one input is given
 * up: the failure is its result.
 *
 * @throws Error if the failure is not about the inputs.
 */
export async function splitRange(
  { job_id: id, key, ranges, error }: SplitWork,
  store: ObjectStore,
  format: FormatResult,
): Promise<RemainingWork> {
  if (OF_THE_SERVICE.has(error?.Error))
    throw new BatchNotDone(`The batch ${key} failed with ${error?.Error}`);
  const [range, rest] = firstOf(ranges);
  if (lengthOf(range) > 1) return { ranges: [...halvesOf(range), ...rest] };
  const { inputs } = await requireJson<BatchDocument>(store, key);
  const [input] = inputsIn(key, inputs, range);
  if (!input) throw new RangeError(`Expected the input ${range[0]} in ${key}, got none`);
  const outcome = {
    error: new ServiceError('internal', 'The worker stopped each time it worked on this input.'),
  };
  const result = writtenResult(format, { index: range[0], input, model: undefined, outcome });
  await writeResults(store, id, range, [result]);
  return { ranges: rest };
}

export class BatchNotDone extends Error {
  override readonly name = 'BatchNotDone';
}
