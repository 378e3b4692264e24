import type { JobCounts } from '../../engine.ts';
import type { JobId } from '../../ids.ts';
import { keys } from '../layout.ts';
import { lengthOf } from '../ranges.ts';
import { coveringResults, type ListedResults } from '../results-list.ts';
import { type ObjectStore, StorageError } from '../storage/object-store.ts';
import { readBytes } from '../storage/read.ts';
import { readAhead } from './read-ahead.ts';

/** A file of results ends at whichever comes first. The results of a batch are in one file, however large they are. */
export interface FileLimits {
  /** @default a million */
  readonly inputsAFile?: number | undefined;
  /** @default 2 GiB */
  readonly bytesAFile?: number | undefined;
}

const INPUTS_A_FILE = 1_000_000;
/**
 * A result with 1000 predictions has 100 KB. One call has to be able to write a file, and with 40 MB/s this takes less
 * than a minute. S3 would take 80 GiB: PIECE_BYTES in storage/s3.ts.
 */
const BYTES_A_FILE = 2 * 2 ** 30;
export const RESULTS_MEDIA_TYPE = 'application/x-ndjson';

export interface MergeProgress {
  /** Of the next file, from 1. */
  readonly part: number;
  /** Of the first input that is not merged yet. */
  readonly position: number;
  /** Inputs whose results are merged. */
  readonly merged: number;
  /** How many of these have a problem. */
  readonly failed: number;
}

export const MERGE_START: MergeProgress = { part: 1, position: 0, merged: 0, failed: 0 };

/** What the files of results have. */
export const mergedCounts = ({ merged, failed }: MergeProgress, total: number): JobCounts => ({
  total,
  succeeded: merged - failed,
  failed,
  pending: total - merged,
});

export interface MergeResult {
  readonly progress: MergeProgress;
  /** Whether there are results after this file. */
  readonly hasMore: boolean;
}

/** Writes the next file of results: the lines of up to a million inputs, in order. */
export async function mergeFile(
  store: ObjectStore,
  id: JobId,
  { part, position: start, merged: before, failed: failedBefore }: MergeProgress,
  { inputsAFile = INPUTS_A_FILE, bytesAFile = BYTES_A_FILE }: FileLimits,
): Promise<MergeResult> {
  let position = start;
  let merged = before;
  let failed = failedBefore;
  let fileBytes = 0;
  let hasMore = false;

  async function* objectsOfFile(): AsyncGenerator<ListedResults> {
    for await (const object of coveringResults(store, id, start)) {
      const fileInputs = merged - before + lengthOf(object.range);
      const isFull = fileInputs > inputsAFile || fileBytes + object.bytes > bytesAFile;
      if (isFull && merged > before) {
        hasMore = true;
        return;
      }
      position = object.range[1] + 1;
      merged += lengthOf(object.range);
      failed += object.failed;
      fileBytes += object.bytes;
      yield object;
    }
  }

  const read = async ({ key }: ListedResults): Promise<Uint8Array> => {
    const bytes = await readBytes(store, key);
    if (!bytes) throw new StorageError('failed', `Expected results at ${key}, got none`);
    return bytes;
  };
  await store.merge(keys.results(id, part), readAhead(objectsOfFile(), read), RESULTS_MEDIA_TYPE);
  return { progress: { part: part + 1, position, merged, failed }, hasMore };
}
