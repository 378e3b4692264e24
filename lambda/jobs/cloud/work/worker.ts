import type { InputClassifierSettings } from '../../classify-input.ts';
import { createInputClassifier } from '../../classify-input.ts';
import type { JobId } from '../../ids.ts';
import type { FormatResult } from '../../result.ts';
import type { BatchDocument } from '../documents.ts';
import { contains, divide, type Range } from '../ranges.ts';
import { requireJson } from '../storage/read.ts';
import { type BatchWork, firstOf, inputsIn, type RemainingWork } from './batch.ts';
import { inOrder } from './in-order.ts';
import { createInputReader, type InputAccess } from './read-input.ts';
import { writeResults, writtenResult } from './write-results.ts';

export interface WorkerSettings
  extends InputAccess,
    Pick<InputClassifierSettings, 'models' | 'bodies' | 'maxImageBytes'> {
  readonly format: FormatResult;
  readonly record: (batch: BatchRecord) => void;
}

export interface BatchRecord {
  readonly jobId: JobId;
  readonly range: Range;
  /** The codes of the problems, and how many inputs have each. */
  readonly failures: ReadonlyMap<string, number>;
  /** Of the call of the worker. */
  readonly durationMs: number;
}

/** Enough to keep the model busy while others are downloaded: a photo from S3 takes 30 ms, and a run of the model 20. */
const MOST_AT_ONCE = 8;
/** A buffer that grows for the last time needs one and a half times its final size. */
const GROWTH = 1.5;

/** So many of the largest images fit into memory together that none waits for another one that waits for it. */
export const inputsAtOnce = ({
  bodies,
  maxImageBytes,
}: Pick<WorkerSettings, 'bodies' | 'maxImageBytes'>): number =>
  Math.max(1, Math.min(MOST_AT_ONCE, Math.floor(bodies.largestClaim(true) / (GROWTH * maxImageBytes))));

/**
 * Classifies the inputs of the first range and writes their results. If the time is not enough or storage fails, it keeps
 * what is done.
 *
 * @param signal aborts before the function is killed.
 * @returns what is left of the first range, and the other ranges. What failed comes last.
 * @throws what failed, such as a StorageError, or the reason of `signal`, if nothing was done. The state machine calls
 *   again, and then splits the range unless storage failed.
 */
export type Worker = (work: BatchWork, signal: AbortSignal) => Promise<RemainingWork>;

export function createWorker(settings: WorkerSettings): Worker {
  const { store, format, record } = settings;
  const atOnce = inputsAtOnce(settings);

  return async ({ job_id: jobId, key, ranges, failed_ranges }, signal) => {
    const startedAt = performance.now();
    const [range, others] = firstOf(ranges);
    const [first] = range;
    const { owner, options, model, inputs } = await requireJson<BatchDocument>(store, key);
    const classify = createInputClassifier({ ...settings, readInput: createInputReader(owner, settings) });
    const { results, failures } = await inOrder(
      inputsIn(key, inputs, range),
      atOnce,
      signal,
      async (input, offset, inputSignal) =>
        writtenResult(format, await classify({ index: first + offset, input, options, model }, inputSignal)),
    );
    const { done, left } = divide(range, (position) => results[position - first] !== undefined);
    if (done.length === 0) throw failures[0]?.error ?? signal.reason;
    const durationMs = performance.now() - startedAt;
    for (const piece of done) {
      const written = results.slice(piece[0] - first, piece[1] - first + 1).filter(isDefined);
      await writeResults(store, jobId, piece, written);
      const codes = countEach(written.flatMap(({ failure }) => failure ?? []));
      record({ jobId, range: piece, failures: codes, durationMs });
    }
    // What fails again must not hold up the rest of the batch.
    const failed = left.filter((piece) => failures.some(({ index }) => contains(piece, first + index)));
    const next = left.filter((piece) => !failed.includes(piece));
    return { ranges: [...next, ...others, ...failed], failed_ranges };
  };
}

const isDefined = <Value>(value: Value | undefined): value is Value => value !== undefined;

function countEach(codes: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}
