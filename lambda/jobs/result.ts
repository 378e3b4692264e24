import type { ModelIdentity } from '../model/manifest.ts';
import type { Outcome } from '../prediction/predictor.ts';
import type { JobInput } from './engine.ts';

/** What became of one input of a job. A failure is a result too. */
export interface InputResult {
  /** The position of the input in the job, from 0. */
  readonly index: number;
  readonly input: JobInput;
  /** Undefined if the model could not be chosen. */
  readonly model: ModelIdentity | undefined;
  readonly outcome: Outcome;
}

/** Writes a result as one line of JSON, without the line break. Given by the entry: `jobs/` knows no HTTP. */
export type FormatResult = (result: InputResult) => string;
