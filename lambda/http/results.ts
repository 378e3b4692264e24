import type { Context } from 'hono';
import type { Manifest } from '../model/manifest.ts';
import type { Outcome, Outcomes } from '../prediction/predictor.ts';
import { round } from '../telemetry/requests.ts';
import type { AppEnv } from './context.ts';
import { problemBody } from './problem.ts';
import type { BatchResponse, PredictResponse } from './schemas.ts';

/** The answer for one image. @throws ServiceError the image's own error */
export function predictionResponse(c: Context<AppEnv>, manifest: Manifest, outcomes: Outcomes): Response {
  const [outcome] = outcomes.results;
  if (outcome && 'error' in outcome) throw outcome.error;
  const body: PredictResponse = {
    ...heading(c, manifest),
    predictions: [...(outcome?.predictions ?? [])],
    image: outcome?.image as PredictResponse['image'],
    timing_ms: note(c, outcomes),
  };
  return c.json(body);
}

/** The answer for a batch: for each image, in order, its classes or its problem. */
export function batchResponse(c: Context<AppEnv>, manifest: Manifest, outcomes: Outcomes): Response {
  const body: BatchResponse = {
    ...heading(c, manifest),
    results: outcomes.results.map(batchItem),
    timing_ms: note(c, outcomes),
  };
  return c.json(body);
}

function heading(
  c: Context<AppEnv>,
  { name, version }: Manifest,
): Pick<PredictResponse, 'request_id' | 'model'> {
  return { request_id: c.get('record').requestId, model: { name, version } };
}

function batchItem(outcome: Outcome, index: number): BatchResponse['results'][number] {
  if (!('error' in outcome)) return { index, predictions: [...outcome.predictions], image: outcome.image };
  const { fields, ...problem } = problemBody(outcome.error);
  return { index, problem: fields ? { ...problem, fields: [...fields] } : problem };
}

/** Puts the outcomes into the request's record and the phases into `Server-Timing`. @returns milliseconds */
function note(
  c: Context<AppEnv>,
  { results, decodeMs, inferenceMs }: Outcomes,
): PredictResponse['timing_ms'] {
  const record = c.get('record');
  record.decodeMs = decodeMs;
  record.inferenceMs = inferenceMs;
  record.images = results.flatMap((outcome) => {
    const [top] = 'error' in outcome ? [] : outcome.predictions;
    return top && 'image' in outcome
      ? [{ ...outcome.image, topIndex: top.index, topProbability: top.probability }]
      : [];
  });
  const timing = {
    decode: round(decodeMs),
    inference: round(inferenceMs),
    total: round(performance.now() - record.startedAt),
  };
  const phases = Object.entries(timing).map(([phase, ms]) => `${phase};dur=${ms}`);
  c.header('server-timing', phases.join(', '));
  return timing;
}
