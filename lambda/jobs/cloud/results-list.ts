import type { JobCounts } from '../engine.ts';
import type { JobId } from '../ids.ts';
import { keys, POSITION_DIGITS, position, rangeOf } from './layout.ts';
import { cover, lengthOf, type Range } from './ranges.ts';
import type { ListedObject, ObjectStore } from './storage/object-store.ts';

export interface ListedRange extends ListedObject {
  readonly range: Range;
}

/** A position and a line break. */
const FAILED_LINE_BYTES = POSITION_DIGITS + 1;

/**
 * The objects below a prefix that have every input once, in order.
 *
 * @param from the first position that is wanted.
 */
export const coveringObjects = (store: ObjectStore, prefix: string, from = 0): AsyncIterable<ListedRange> =>
  cover(listedRanges(store, prefix, from), from);

async function* listedRanges(store: ObjectStore, prefix: string, from: number): AsyncGenerator<ListedRange> {
  for await (const page of store.list(prefix, { after: `${prefix}${position(from)}` })) {
    for (const object of page) {
      const range = rangeOf(object.key);
      if (range) yield { ...object, range };
    }
  }
}

/** Counts results by the names and sizes of objects alone. A job of 10^8 inputs has 53 pages of them. */
export async function countResults(store: ObjectStore, id: JobId, total: number): Promise<JobCounts> {
  let done = 0;
  let failed = 0;
  for await (const { range, bytes } of coveringObjects(store, keys.failures(id))) {
    done += lengthOf(range);
    failed += bytes / FAILED_LINE_BYTES;
  }
  return { total, succeeded: done - failed, failed, pending: total - done };
}

/** The object that {@link countResults} counts. */
export const failedLines = (failed: readonly number[]): string =>
  failed.map((index) => `${position(index)}\n`).join('');
