import type { JobId } from '../../ids.ts';
import { rangeOf } from '../layout.ts';
import type { Range } from '../ranges.ts';

/** What is left of one batch. The state machine passes it on. */
export interface RemainingWork {
  /** What is still to do, in order. */
  readonly ranges: readonly Range[];
  /** How often the worker has failed on a range of this batch. */
  readonly failed_ranges: number;
}

/** What the state machine passes for one batch. */
export interface BatchWork extends RemainingWork {
  readonly job_id: JobId;
  /** Of the batch with the inputs. */
  readonly key: string;
}

/** @returns the first range, and the rest. @throws TypeError if there is none. */
export function firstOf(ranges: readonly Range[]): readonly [Range, readonly Range[]] {
  const [range, ...rest] = ranges;
  if (!range) throw new TypeError('Expected at least one range of inputs, got none');
  return [range, rest];
}

/** The inputs of a range, from the inputs of its batch. @throws RangeError if the batch does not have them. */
export function inputsIn<Input>(
  key: string,
  inputs: readonly Input[],
  [first, last]: Range,
): readonly Input[] {
  const begin = rangeOf(key)?.[0] ?? 0;
  if (first < begin || last < first || last >= begin + inputs.length) {
    throw new RangeError(`Expected positions of ${inputs.length} inputs from ${begin}, got ${first}-${last}`);
  }
  return inputs.slice(first - begin, last - begin + 1);
}
