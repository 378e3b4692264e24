import type { FormatResult, InputResult } from '../../jobs/result.ts';
import { problemBody } from '../problem.ts';
import { described } from '../results.ts';
import type { JobResult } from '../schemas/job-results.ts';
import type { ReadonlyDeep } from '../serve-route.ts';

/** The result of an input as a line of JSON: what a batch says of an image, with the reference of the input. */
export const resultLine: FormatResult = (result) => JSON.stringify(jobResult(result));

function jobResult({ index, input, model, outcome }: InputResult): ReadonlyDeep<JobResult> {
  const identity = model && { name: model.name, version: model.version };
  if ('error' in outcome) {
    return { index, input, ...(identity && { model: identity }), problem: problemBody(outcome.error) };
  }
  if (!identity) throw new TypeError('Expected the model that classified the input, got none.');
  return { index, input, model: identity, ...described(outcome) };
}
