import type { JobSource } from '../../engine.ts';
import type { Range } from '../ranges.ts';

/** The number of inputs of the batch that begins at a position. */
export type BatchSize = (first: number) => number;

const LEAST_LISTED = 10;
const MOST_LISTED = 100;
const LISTED_BATCHES = 40;

const LEAST_STREAMED = 100;
const MOST_STREAMED = 5000;
/** The cost model weighs the price of a batch against the work that a failure repeats. */
const STREAMED_BATCHES = 4000;

/**
 * It depends on nothing but the source and the position. So a preparation that starts again writes the same objects,
 * and the list of all batches follows from the number of inputs.
 */
export function batchSize(source: JobSource): BatchSize {
  if (source.kind === 'inputs') {
    const size = clamp(Math.ceil(source.inputs.length / LISTED_BATCHES), LEAST_LISTED, MOST_LISTED);
    return () => size;
  }
  return (first) => clamp(Math.ceil(first / STREAMED_BATCHES), LEAST_STREAMED, MOST_STREAMED);
}

const clamp = (number: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, number));

export function* batchRanges(total: number, size: BatchSize): Generator<Range> {
  for (let first = 0; first < total; ) {
    const last = Math.min(total, first + size(first)) - 1;
    yield [first, last];
    first = last + 1;
  }
}
