import type { JobId } from '../../ids.ts';
import type { FormatResult, InputResult } from '../../result.ts';
import { keys } from '../layout.ts';
import type { Range } from '../ranges.ts';
import { failedLines } from '../results-list.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** The result of an input, already written as text: what it was made from takes ten times the memory. */
export interface WrittenResult {
  readonly index: number;
  readonly line: string;
  /** The code of its problem. Undefined if the input was classified. */
  readonly failure: string | undefined;
}

export function writtenResult(format: FormatResult, result: InputResult): WrittenResult {
  const { index, outcome } = result;
  return {
    index,
    line: `${format(result)}\n`,
    failure: 'error' in outcome ? outcome.error.code : undefined,
  };
}

/** Writes the results of a range. Its place follows from the range, so a repetition replaces them. */
export async function writeResults(
  store: ObjectStore,
  id: JobId,
  range: Range,
  results: readonly WrittenResult[],
): Promise<void> {
  const failed = results.filter(({ failure }) => failure !== undefined).map(({ index }) => index);
  await store.put(keys.part(id, range), results.map(({ line }) => line).join(''));
  // Counted only once the results can be read.
  await store.put(keys.failed(id, range), failedLines(failed));
}
