import type { Context } from 'hono';
import type { Manifest } from '../../model/manifest.ts';
import type { Failed } from '../../prediction/failed.ts';
import type { Outcomes, Scored } from '../../prediction/predictor.ts';
import { atField } from '../at-field.ts';
import type { AppEnv } from '../context.ts';
import type { Steps } from '../loop-share.ts';
import { problemBody } from '../problem.ts';
import { heading, recordTimes } from '../results.ts';
import type { EmbedResult } from '../schemas/embeddings.ts';
import type { ReadonlyDeep } from '../serve-route.ts';
import { shortNumber } from '../short-number.ts';
import { invalidFields } from '../validate.ts';
import { floatBytes } from './float-bytes.ts';
import { unitLength } from './unit-length.ts';

type EmbedAnswer = ReadonlyDeep<EmbedResult>;

export interface Embedded {
  readonly manifest: Manifest;
  readonly outcomes: Outcomes<Scored>;
  /** Where the images were in the request. */
  readonly field: string;
  readonly isNormalized: boolean;
}

export const DIMENSIONS_HEADER = 'x-embedding-dimensions';
export const COUNT_HEADER = 'x-embedding-count';

/**
 * The answer in JSON: for each image, in order, its embedding or its problem.
 *
 * @throws ServiceError the error of the image if there is only one; `invalid_request` for values that JSON cannot hold.
 */
export function* embedJson(
  c: Context<AppEnv>,
  { manifest, outcomes, isNormalized }: Embedded,
): Steps<EmbedAnswer> {
  const { results } = outcomes;
  const [only] = results;
  if (only && 'error' in only && results.length === 1) throw only.error;
  const embeddings: EmbedAnswer['embeddings'][number][] = [];
  for (const [index, outcome] of results.entries()) {
    embeddings.push(jsonItem(outcome, index, isNormalized));
    yield;
  }
  return {
    ...heading(c, manifest),
    dimensions: dimensionsOf(manifest),
    normalized: isNormalized,
    embeddings,
    timing_ms: record(c, outcomes),
  };
}

function jsonItem(
  outcome: Scored | Failed,
  index: number,
  isNormalized: boolean,
): EmbedAnswer['embeddings'][number] {
  if ('error' in outcome) return { index, problem: problemBody(outcome.error) };
  const values = vectorOf(outcome, isNormalized);
  if (!values.every(Number.isFinite)) {
    throw invalidFields([
      {
        field: 'header.accept',
        message: `expected application/octet-stream, as JSON cannot hold the values NaN and Infinity of image ${index}`,
      },
    ]);
  }
  return { index, embedding: Array.from(values, shortNumber), image: outcome.image };
}

/**
 * The answer as numbers alone: float32 in little-endian order, [images, dimensions].
 *
 * @throws ServiceError that names the first image that failed.
 */
export function* embedBytes(
  c: Context<AppEnv>,
  { manifest, outcomes, field, isNormalized }: Embedded,
): Steps<Response> {
  const isBatch = outcomes.results.length > 1;
  const vectors: Float32Array[] = [];
  for (const [index, outcome] of outcomes.results.entries()) {
    if ('error' in outcome) throw isBatch ? atField(outcome.error, `${field}.${index}`) : outcome.error;
    vectors.push(vectorOf(outcome, isNormalized));
    yield;
  }
  record(c, outcomes);
  return c.body(floatBytes(vectors), 200, {
    'content-type': 'application/octet-stream',
    [DIMENSIONS_HEADER]: String(dimensionsOf(manifest)),
    [COUNT_HEADER]: String(vectors.length),
  });
}

function vectorOf({ embedding }: Scored, isNormalized: boolean): Float32Array {
  if (!embedding) throw new TypeError('Expected an embedding of each image, got none.');
  return isNormalized ? unitLength(embedding) : embedding;
}

function dimensionsOf({ name, embedding }: Manifest): number {
  if (!embedding) throw new TypeError(`Expected a model with an embedding, got ${name}.`);
  return embedding.shape[1];
}

function record(c: Context<AppEnv>, outcomes: Outcomes<Scored>): EmbedAnswer['timing_ms'] {
  c.get('record').embeddings = outcomes.results.filter((outcome) => 'image' in outcome).length;
  return recordTimes(c, outcomes);
}
