import { type BatchSize, batchRanges, batchSize } from '../../../../lambda/jobs/cloud/prepare/batches.ts';

/** The batches of a bucket: they grow with the job. */
export const OWN_SIZE: BatchSize = batchSize({ kind: 'prefix', prefix: '' }, { topK: 5, explain: 0 });
export const SMALLEST = OWN_SIZE(0);
export const LARGEST = OWN_SIZE(Number.POSITIVE_INFINITY);

export const fixedSize =
  (inputs: number): BatchSize =>
  () =>
    inputs;

export interface Batches {
  readonly count: number;
  /** Inputs of the largest. */
  readonly largest: number;
}

export function batchesOf(size: BatchSize, inputs: number): Batches {
  let count = 0;
  let largest = 0;
  for (const [first, last] of batchRanges(inputs, size)) {
    count += 1;
    largest = Math.max(largest, last - first + 1);
  }
  return { count, largest };
}
