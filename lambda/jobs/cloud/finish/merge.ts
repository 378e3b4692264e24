import type { JobId } from '../../ids.ts';
import { keys } from '../layout.ts';
import { lengthOf } from '../ranges.ts';
import { coveringObjects, type ListedRange } from '../results-list.ts';
import { type ObjectStore, StorageError } from '../storage/object-store.ts';
import { readBytes } from '../storage/read.ts';
import { readAhead } from './read-ahead.ts';

/** Of one file of results. A batch belongs to the file of its first input. */
export const INPUTS_A_FILE = 1_000_000;
export const RESULTS_MEDIA_TYPE = 'application/x-ndjson';

export interface MergeProgress {
  /** Of the next file, from 1. */
  readonly part: number;
  /** Of the first input that is not merged yet. */
  readonly position: number;
  /** Inputs whose results are merged. */
  readonly merged: number;
}

export const MERGE_START: MergeProgress = { part: 1, position: 0, merged: 0 };

export interface MergeResult {
  readonly progress: MergeProgress;
  /** Whether there are results after this file. */
  readonly hasMore: boolean;
}

/** Writes the next file of results: the lines of about a million inputs, in order. */
export async function mergeFile(
  store: ObjectStore,
  id: JobId,
  { part, position: start, merged: before }: MergeProgress,
  inputsAFile = INPUTS_A_FILE,
): Promise<MergeResult> {
  let position = start;
  let merged = before;
  let hasMore = false;

  async function* objectsOfFile(): AsyncGenerator<ListedRange> {
    for await (const object of coveringObjects(store, keys.parts(id), start)) {
      if (object.range[0] >= part * inputsAFile) {
        hasMore = true;
        return;
      }
      position = object.range[1] + 1;
      merged += lengthOf(object.range);
      yield object;
    }
  }

  const read = async ({ key }: ListedRange): Promise<Uint8Array> => {
    const bytes = await readBytes(store, key);
    if (!bytes) throw new StorageError('failed', `Expected results at ${key}, got none`);
    return bytes;
  };
  await store.merge(keys.results(id, part), readAhead(objectsOfFile(), read), RESULTS_MEDIA_TYPE);
  return { progress: { part: part + 1, position, merged }, hasMore };
}
