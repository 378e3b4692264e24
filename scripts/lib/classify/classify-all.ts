import type { ErrorCode } from '../../../lambda/errors.ts';
import type { ClassifyPhoto } from './classify-photo.ts';
import type { Copies } from './copies/copies.ts';
import { inOrder } from './in-order.ts';
import type { ResultFormat } from './results/format.ts';
import type { ResultsFile } from './results/results-file.ts';

/** Two runs of the model: the one in progress and the next, whose photos are read and decoded meanwhile. */
const AT_ONCE = 8;
/** A photo that takes 10 s to decode does not stop the others, which take about 20 ms each. */
const WAITING = 256;

export interface PhotosToClassify {
  readonly photos: Iterable<string>;
  readonly classify: ClassifyPhoto;
  readonly format: ResultFormat;
  readonly results: ResultsFile;
  /** Undefined if no photos are copied. */
  readonly copies: Copies | undefined;
  readonly stop: AbortSignal;
  /** Called when the results of a photo are in the file. */
  readonly onDone: (problem: ErrorCode | undefined) => void;
}

/**
 * Classifies photos, and writes their results in order. When `stop` aborts, it finishes the photos in progress.
 *
 * @throws Error in one line if the results or a copy cannot be written, or the model fails. What is in the file stays.
 */
export async function classifyAll({
  photos,
  classify,
  format,
  results,
  copies,
  stop,
  onDone,
}: PhotosToClassify): Promise<void> {
  for await (const { item: file, result: outcome } of inOrder(photos, classify, {
    atOnce: AT_ONCE,
    waiting: WAITING,
    stop,
  })) {
    const [top] = 'error' in outcome ? [] : outcome.predictions;
    // Before the results, because a later run does not look at this photo again.
    if (top) await copies?.copy(file, top.label);
    await results.append(format.write(file, outcome));
    onDone('error' in outcome ? outcome.error.code : undefined);
  }
}
