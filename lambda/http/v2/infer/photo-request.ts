import { MAX_DECODE_MS } from '../../../images/limits.ts';
import type { ReadyModel } from '../../../prediction/model-access.ts';
import type { EncodedImage, Outcomes, Scored } from '../../../prediction/predictor.ts';
import { atField } from '../../at-field.ts';
import { parsing } from '../../loop-share.ts';
import { readByteStrings } from '../binary/byte-strings.ts';
import { readBase64Strings } from '../json/strings.ts';
import { DATA_FIELD, type InferRequest } from '../request/infer-request.ts';
import { extrasFor, type ScoredRequest } from './scored.ts';

export interface PhotoRequestParts {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly request: InferRequest;
  readonly signal: AbortSignal;
  /** Called with the outcomes while the photos are in memory, even if some of them could not be decoded. */
  readonly onOutcomes: (photos: readonly EncodedImage[], outcomes: Outcomes<Scored>) => void;
}

/**
 * Decodes and scores the photos of a request, by the same code as `/predict`. All together may take as long to decode
 * as one photo there, because API Gateway limits the rate of both alike.
 *
 * @returns for each photo, the probabilities of all classes as its scores.
 * @throws ServiceError for the first photo that cannot be decoded, with its position; else as
 *   {@link Predictor.scoreImages}
 */
export async function scorePhotoRequest(
  { classifier, predictor }: ReadyModel,
  { body, request, signal, onOutcomes }: PhotoRequestParts,
): Promise<ScoredRequest> {
  const start = performance.now();
  const photos = await photosIn(body, request, signal);
  const readMs = performance.now() - start;
  const extras = extrasFor(request.outputs);
  const outcomes = await predictor.scoreImages(photos, signal, { maxCpuMs: MAX_DECODE_MS, extras });
  onOutcomes(photos, outcomes);
  const scored = outcomes.results.map((outcome, index) => {
    if ('error' in outcome) throw atField(outcome.error, fieldOf(index, request));
    return outcome;
  });
  return {
    items: scored.map(({ scores, embedding }) => ({
      scores: Float32Array.from(classifier.probabilities(scores)),
      embedding,
    })),
    inputMs: readMs + outcomes.decodeMs,
    inferenceMs: outcomes.inferenceMs,
  };
}

async function photosIn(
  body: Uint8Array<ArrayBuffer>,
  request: InferRequest,
  signal: AbortSignal,
): Promise<readonly EncodedImage[]> {
  const photos = await bytesIn(body, request, signal);
  return photos.map((bytes) => ({ bytes }));
}

async function bytesIn(
  body: Uint8Array<ArrayBuffer>,
  { batch, data }: InferRequest,
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  switch (data.kind) {
    case 'raw':
      return [body];
    case 'binary':
      return readByteStrings(body.subarray(data.start, data.end), batch, DATA_FIELD);
    case 'json':
      return parsing.run(readBase64Strings(data.text, batch, DATA_FIELD), signal);
  }
}

/** Where a photo is in the request. */
const fieldOf = (index: number, { data }: InferRequest): string =>
  data.kind === 'raw' ? 'body' : `${DATA_FIELD}.${index}`;
