import type { JobCounts } from '../engine.ts';
import type { JobId } from '../ids.ts';
import { keys, POSITION_DIGITS, position, rangeOf } from './layout.ts';
import { cover, lengthOf, type Range } from './ranges.ts';
import type { ListedObject, ObjectStore } from './storage/object-store.ts';

interface ListedRange extends ListedObject {
  readonly range: Range;
}

/** The results of a range: an object with their lines. */
export interface ListedResults extends ListedRange {
  /** How many of them are problems. */
  readonly failed: number;
}

/** A position and a line break. */
const FAILED_LINE_BYTES = POSITION_DIGITS + 1;

/**
 * The results of a job that have every input once, in order. Those that are not counted yet are left out: a worker writes
 * them first, and is not stopped together with its job.
 *
 * @param from the first position that is wanted.
 */
export const coveringResults = (store: ObjectStore, id: JobId, from = 0): AsyncIterable<ListedResults> =>
  cover(countedResults(store, id, from), from);

async function* countedResults(store: ObjectStore, id: JobId, from: number): AsyncGenerator<ListedResults> {
  const counts = listedRanges(store, keys.failures(id), from);
  let count = await counts.next();
  for await (const part of listedRanges(store, keys.parts(id), from)) {
    while (!count.done && compare(count.value.range, part.range) < 0) count = await counts.next();
    if (count.done) return;
    if (compare(count.value.range, part.range) === 0) yield { ...part, failed: failedOf(count.value) };
  }
}

/** The order of the names of ranges. */
const compare = ([firstA, lastA]: Range, [firstB, lastB]: Range): number => firstA - firstB || lastA - lastB;

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
  for await (const object of cover(listedRanges(store, keys.failures(id), 0))) {
    done += lengthOf(object.range);
    failed += failedOf(object);
  }
  return { total, succeeded: done - failed, failed, pending: total - done };
}

const failedOf = ({ bytes }: ListedObject): number => bytes / FAILED_LINE_BYTES;

/** The object that {@link countResults} counts. */
export const failedLines = (failed: readonly number[]): string =>
  failed.map((index) => `${position(index)}\n`).join('');
