import type { Context } from 'hono';
import type { Manifest } from '../model/manifest.ts';
import type { Classified, Outcome, Outcomes } from '../prediction/predictor.ts';
import { round } from '../telemetry/requests.ts';
import type { AppEnv } from './context.ts';
import { explanationAnswer } from './explanation.ts';
import { problemBody } from './problem.ts';
import type { BatchResult, PredictionResult } from './schemas/predictions.ts';
import type { ReadonlyDeep } from './serve-route.ts';

type SingleAnswer = ReadonlyDeep<PredictionResult>;
type BatchAnswer = ReadonlyDeep<BatchResult>;

/** The answer for one image. @throws ServiceError the error of the image */
export function singleAnswer(
  c: Context<AppEnv>,
  manifest: Manifest,
  outcomes: Outcomes<Classified>,
): SingleAnswer {
  const [outcome] = outcomes.results;
  if (!outcome) throw new TypeError('Expected the outcome of one image, got none.');
  if ('error' in outcome) throw outcome.error;
  return { ...heading(c, manifest), ...described(outcome), timing_ms: recordOutcomes(c, outcomes) };
}

/** The answer for a batch: for each image, in order, its classes or its problem. */
export function batchAnswer(
  c: Context<AppEnv>,
  manifest: Manifest,
  outcomes: Outcomes<Classified>,
): BatchAnswer {
  return {
    ...heading(c, manifest),
    results: outcomes.results.map(batchItem),
    timing_ms: recordOutcomes(c, outcomes),
  };
}

export function heading(
  c: Context<AppEnv>,
  { name, version }: Manifest,
): Pick<SingleAnswer, 'request_id' | 'model'> {
  return { request_id: c.get('record').requestId, model: { name, version } };
}

function batchItem(outcome: Outcome, index: number): BatchAnswer['results'][number] {
  return 'error' in outcome
    ? { index, problem: problemBody(outcome.error) }
    : { index, ...described(outcome) };
}

/** What answers say of an image that was classified. */
export const described = ({ predictions, image, explanation }: Classified) => ({
  predictions,
  image,
  ...(explanation ? { explanation: explanationAnswer(explanation) } : {}),
});

/** Puts the outcomes into the request's record, and the phases into `Server-Timing`. @returns milliseconds */
export function recordOutcomes(
  c: Context<AppEnv>,
  outcomes: Outcomes<Classified>,
): SingleAnswer['timing_ms'] {
  c.get('record').images = outcomes.results.flatMap((outcome) => {
    const [top] = 'error' in outcome ? [] : outcome.predictions;
    return top && 'image' in outcome
      ? [{ ...outcome.image, topIndex: top.index, topLabel: top.label, topProbability: top.probability }]
      : [];
  });
  return recordTimes(c, outcomes);
}

/** Puts failures and times into the request's record, and the phases into `Server-Timing`. @returns milliseconds */
export function recordTimes(
  c: Context<AppEnv>,
  { results, decodeMs, inferenceMs }: Outcomes<object>,
): SingleAnswer['timing_ms'] {
  const record = c.get('record');
  record.decodeMs = decodeMs;
  record.inferenceMs = inferenceMs;
  record.failedImages = results.flatMap((outcome) => ('error' in outcome ? [outcome.error.code] : []));
  const timing = {
    decode: round(decodeMs),
    inference: round(inferenceMs),
    total: round(performance.now() - record.startedAt),
  };
  const phases = Object.entries(timing).map(([phase, ms]) => `${phase};dur=${ms}`);
  c.header('server-timing', phases.join(', '));
  return timing;
}
