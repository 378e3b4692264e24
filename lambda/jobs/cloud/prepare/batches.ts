import type { ClassifyOptions } from '../../../prediction/predictor.ts';
import type { JobSource } from '../../engine.ts';
import { longestLine } from '../../longest-line.ts';
import type { Range } from '../ranges.ts';

/** The number of inputs of the batch that begins at a position. */
export type BatchSize = (first: number) => number;

const LEAST_LISTED = 10;
const MOST_LISTED = 100;
const LISTED_BATCHES = 40;

const LEAST_STREAMED = 100;
/** More of photos that take a quarter of a second each would not be done in the 15 minutes of a call. */
const MOST_STREAMED = 2000;
/**
 * A batch costs as much as several photos, so a million photos in a few thousand batches are cheap, and the last batches
 * are a small part of the whole: docs/cost.md, "The size of a batch".
 */
const STREAMED_BATCHES = 1000;
/** A worker keeps the results of a batch until it writes them. It has three times as much memory besides the model. */
const MOST_RESULT_BYTES = 48 * 2 ** 20;

/**
 * It depends on nothing but the request and the position. So a preparation that starts again writes the same objects,
 * and the list of all batches follows from the number of inputs.
 */
export function batchSize(source: JobSource, options: ClassifyOptions): BatchSize {
  if (source.kind === 'inputs') {
    const size = clamp(Math.ceil(source.inputs.length / LISTED_BATCHES), LEAST_LISTED, MOST_LISTED);
    return () => size;
  }
  const most = Math.min(MOST_STREAMED, Math.floor(MOST_RESULT_BYTES / longestLine(options)));
  return (first) => clamp(Math.ceil(first / STREAMED_BATCHES), LEAST_STREAMED, most);
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
