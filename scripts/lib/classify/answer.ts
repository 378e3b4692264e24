import type { ErrorCode } from '../../../lambda/errors.ts';
import { type ProblemBody, problemBody } from '../../../lambda/http/problem.ts';
import { described } from '../../../lambda/http/results.ts';
import type { Prediction } from '../../../lambda/model/classifier.ts';
import type { Outcome } from '../../../lambda/prediction/predictor.ts';

/** What became of one photo, as the API says it of an image of a batch: its classes or its problem. */
export type PhotoAnswer =
  | {
      readonly predictions: readonly Prediction[];
      readonly image: object;
      /** Only if it was asked for. */
      readonly explanation?: object;
    }
  | { readonly problem: ProblemBody };

export interface AnsweredPhoto {
  /** As it was given. */
  readonly file: string;
  readonly answer: PhotoAnswer;
}

export const answerOf = (outcome: Outcome): PhotoAnswer =>
  'error' in outcome ? { problem: problemBody(outcome.error) } : described(outcome);

/** Undefined if the photo was classified. */
export const problemOf = (answer: PhotoAnswer): ErrorCode | undefined =>
  'problem' in answer ? answer.problem.code : undefined;
