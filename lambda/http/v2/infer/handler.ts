import type { Context } from 'hono';
import type { Gate } from '../../../budget/gate.ts';
import type { ReadyModel } from '../../../prediction/model-access.ts';
import type { Models } from '../../../prediction/models.ts';
import type { Classified, EncodedImage, Outcomes, Scored } from '../../../prediction/predictor.ts';
import { bodySource } from '../../body/source.ts';
import type { AppEnv } from '../../context.ts';
import { withDecodedBody } from '../../encoding/decoded-body.ts';
import { parsing } from '../../loop-share.ts';
import type { OfferImages } from '../../offer-images.ts';
import { recordOutcomes, recordTimes } from '../../results.ts';
import { writeInferAnswer } from '../answer/infer-answer.ts';
import { readInferRequest } from '../request/infer-request.ts';
import type { ProtocolHandler } from '../serve.ts';
import { chosenVersions, type ServedModel } from '../served-models.ts';
import type { Statistics } from '../statistics.ts';
import { tensorsOf } from '../tensors.ts';
import { scorePhotoRequest } from './photo-request.ts';
import { wants } from './scored.ts';
import { scoreTensorRequest } from './tensor-request.ts';

export interface InferDependencies {
  readonly models: Models;
  readonly maxBodyBytes: number;
  /** Where the memory of bodies and of tensors is reserved. */
  readonly gate: Gate;
  readonly offer: OfferImages;
  readonly statistics: Statistics;
}

export function inferHandler(dependencies: InferDependencies): ProtocolHandler {
  const { models, statistics } = dependencies;
  return async (c) => {
    const [model] = await chosenVersions(c, models);
    try {
      return await infer(c, model, dependencies);
    } catch (error) {
      statistics.recordFailure(model, performance.now() - c.get('record').startedAt);
      throw error;
    }
  };
}

async function infer(
  c: Context<AppEnv>,
  model: ServedModel,
  { maxBodyBytes, gate, offer, statistics }: InferDependencies,
): Promise<Response> {
  const ready = await model.access.whenReady();
  const { manifest, labels } = ready.classifier;
  const record = c.get('record');
  const tensors = tensorsOf(model.kind, manifest);
  const source = bodySource(c);
  const { signal } = source;

  return withDecodedBody(source, { gate, maxBytes: maxBodyBytes }, async (body) => {
    const start = performance.now();
    const request = await parsing.run(readInferRequest(body, source.headers, tensors), signal);
    const readMs = performance.now() - start;
    const { outputs } = request;

    /** An embedding says nothing about a class, so a request for it alone counts no predictions. */
    function onOutcomes(photos: readonly EncodedImage[], outcomes: Outcomes<Scored>): void {
      if (!wants(outputs, 'scores')) {
        recordTimes(c, outcomes);
        return;
      }
      const classified = named(outcomes, ready.classifier);
      recordOutcomes(c, classified);
      offer(c, manifest, photos, classified);
    }

    const scored =
      model.kind === 'photo'
        ? await scorePhotoRequest(ready, { body, request, signal, onOutcomes })
        : await scoreTensorRequest(ready.predictor, { body, request, input: tensors.input, source, gate });
    if (model.kind === 'tensor') {
      if (wants(outputs, 'scores')) record.tensors = request.batch;
      record.decodeMs = scored.inputMs;
      record.inferenceMs = scored.inferenceMs;
    }
    if (wants(outputs, 'embedding')) record.embeddings = request.batch;
    const answerStart = performance.now();
    const parts = { model, request, labels, items: scored.items };
    const answer = await parsing.run(writeInferAnswer(parts), signal);
    const end = performance.now();
    statistics.recordSuccess(model, request.batch, {
      totalMs: end - start,
      inputMs: readMs + scored.inputMs,
      inferenceMs: scored.inferenceMs,
      outputMs: end - answerStart,
    });
    return c.body(answer.body, 200, answer.headers);
  });
}

/** The most probable class of each photo, for the log and the capture. */
function named(outcomes: Outcomes<Scored>, { name }: ReadyModel['classifier']): Outcomes<Classified> {
  const results = outcomes.results.map((outcome) =>
    'error' in outcome ? outcome : { predictions: name(outcome.scores, 1), image: outcome.image },
  );
  return { ...outcomes, results };
}
