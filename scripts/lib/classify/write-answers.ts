import type { ErrorCode } from '../../../lambda/errors.ts';
import { type AnsweredPhoto, problemOf } from './answer.ts';
import type { Copies } from './copies/copies.ts';
import type { ResultFormat } from './results/format.ts';
import type { ResultsFile } from './results/results-file.ts';

export interface AnswerWriting {
  readonly answers: AsyncIterable<AnsweredPhoto>;
  readonly format: ResultFormat;
  readonly results: ResultsFile;
  /** Undefined if no photos are copied. */
  readonly copies: Copies | undefined;
  /** Called when the results of a photo are in the file. */
  readonly onDone: (problem: ErrorCode | undefined) => void;
}

/**
 * Writes the answers as they come.
 *
 * @throws Error in one line if the results or a copy cannot be written. What is in the file stays.
 */
export async function writeAnswers({
  answers,
  format,
  results,
  copies,
  onDone,
}: AnswerWriting): Promise<void> {
  for await (const { file, answer } of answers) {
    const [top] = 'problem' in answer ? [] : answer.predictions;
    // Before the results, because a later run does not look at this photo again.
    if (top) await copies?.copy(file, top.label);
    await results.append(format.write(file, answer));
    onDone(problemOf(answer));
  }
}
