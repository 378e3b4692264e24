import type { Budgets } from '../budget/budgets.ts';
import { withReservation } from '../budget/reservation.ts';
import type { Config } from '../config.ts';
import type { DecodedImage } from '../images/decode.ts';
import type { ImageInfo, InspectedImage } from '../images/inspect.ts';
import type { Classifier, Prediction } from '../model/classifier.ts';
import { createDecoder, isHeavyDecode } from './decoding.ts';
import type { Failed } from './failed.ts';
import { createInspector, type EncodedImage, totalCpuMs } from './inspection.ts';
import { createModelRun } from './model-run.ts';
import { createRunQueue, type Run, type RunQueue } from './run-queue.ts';
import type { NormalisedImage, TensorImage } from './tensor/tensor.ts';

export type { EncodedImage } from './inspection.ts';
export type { NormalisedImage } from './tensor/tensor.ts';

/** An image with the model's output for it: one number for each class. */
export interface Scored {
  readonly scores: Float32Array;
  readonly image: ImageInfo;
}

export interface Classified {
  readonly predictions: readonly Prediction[];
  readonly image: ImageInfo;
}

export interface Outcomes<Result> {
  /** One for each image, in order. */
  readonly results: readonly (Result | Failed)[];
  /** Milliseconds from bytes to tensor, without the wait for runs of other requests. */
  readonly decodeMs: number;
  /** Milliseconds from tensor to results, without the wait for runs of other requests. */
  readonly inferenceMs: number;
}

export type Outcome = Classified | Failed;

/**
 * One model. Everything settles only when nothing reads the images any more, even if a decoder is still at work
 * when the signal aborts.
 *
 * @throws ServiceError `overloaded`, or `too_many_pixels` for all images together; the reason of `signal`.
 */
export interface Predictor {
  /** Classifies encoded images. */
  classify(images: readonly EncodedImage[], topK: number, signal: AbortSignal): Promise<Outcomes<Classified>>;
  /**
   * Scores encoded images.
   *
   * @param maxCpuMs for decoding all of them. @default what the images may take one by one
   */
  scoreImages(
    images: readonly EncodedImage[],
    signal: AbortSignal,
    maxCpuMs?: number,
  ): Promise<Outcomes<Scored>>;
  /** Scores images that the caller has decoded and normalised. */
  scoreTensors(images: readonly NormalisedImage[], signal: AbortSignal): Promise<Run<Float32Array>>;
}

/**
 * The most images of one run. With two threads, an image in a run of four takes 14 % less time than one
 * alone. In a run of eight it takes only another 2 % less (`bench/`), and the first image waits for the last.
 */
export const MAX_SHARED_RUN = 4;
const NO_RUN: Run<Float32Array> = { rows: [], tensorMs: 0, inferenceMs: 0 };

/** The queue that all models share. */
export type PredictionQueue = RunQueue<TensorImage, Float32Array>;

/** @param betweenRuns awaited between two runs, whatever their models. */
export const createPredictionQueue = (betweenRuns?: () => Promise<void>): PredictionQueue =>
  createRunQueue(MAX_SHARED_RUN, betweenRuns);

/** @param queue starts the runs of all models, one at a time. */
export function createPredictor(
  classifier: Classifier,
  { limits }: Pick<Config, 'limits'>,
  budgets: Budgets,
  queue: PredictionQueue,
): Predictor {
  const { predictions, decoded: decodedAhead } = budgets;
  const inspect = createInspector(classifier.manifest.preprocessing, limits, budgets.decodeMemory);
  const decode = createDecoder(budgets);
  const runModel = createModelRun(classifier, MAX_SHARED_RUN);

  async function scoreImages(
    images: readonly EncodedImage[],
    signal: AbortSignal,
    maxCpuMs?: number,
  ): Promise<Outcomes<Scored>> {
    const start = performance.now();
    const inspected = await inspect(images, signal, maxCpuMs);
    const inspectMs = performance.now() - start;

    const isHeavy = isHeavyWork(inspected);
    return withReservation(predictions, { ...slotsFor(inspected.length, isHeavy), signal }, () =>
      withReservation(decodedAhead, { amount: 1, isHeavy, signal }, async () => {
        const decodeStart = performance.now();
        const decoded = await decode(inspected, signal);
        const decodeMs = inspectMs + performance.now() - decodeStart;

        const crops = decoded.filter((outcome) => 'pixels' in outcome);
        const run = crops.length > 0 ? await queue(runModel, crops, signal) : NO_RUN;
        return {
          results: withScores(decoded, run.rows),
          decodeMs: decodeMs + run.tensorMs,
          inferenceMs: run.inferenceMs,
        };
      }),
    );
  }

  /** A batch larger than its share of the slots takes the whole share. */
  function slotsFor(images: number, isHeavy: boolean) {
    return { amount: Math.min(images, predictions.largestClaim(isHeavy)), isHeavy };
  }

  return {
    scoreImages,
    async classify(images, topK, signal) {
      const { results, decodeMs, inferenceMs } = await scoreImages(images, signal);
      const start = performance.now();
      const named = results.map((outcome) =>
        'error' in outcome
          ? outcome
          : { predictions: classifier.name(outcome.scores, topK), image: outcome.image },
      );
      return { results: named, decodeMs, inferenceMs: inferenceMs + performance.now() - start };
    },
    scoreTensors(images, signal) {
      const claim = slotsFor(images.length, images.length > 1);
      return withReservation(predictions, { ...claim, signal }, () => queue(runModel, images, signal));
    },
  };
}

/** Batches, and images that take long to decode. */
function isHeavyWork(images: readonly (InspectedImage | Failed)[]): boolean {
  return images.length > 1 || isHeavyDecode(totalCpuMs(images));
}

/** @param rows the scores of each decoded image, in order. */
function withScores(
  images: readonly (DecodedImage | Failed)[],
  rows: readonly Float32Array[],
): readonly (Scored | Failed)[] {
  const next = rows.values();
  return images.map((image) =>
    'error' in image ? image : { scores: next.next().value as Float32Array, image: image.info },
  );
}
