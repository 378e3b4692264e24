import type { Budgets } from '../budget/budgets.ts';
import { withReservation } from '../budget/reservation.ts';
import type { Config } from '../config.ts';
import type { DecodedImage } from '../images/decode.ts';
import type { ImageInfo, InspectedImage } from '../images/inspect.ts';
import type { Classifier, Prediction } from '../model/classifier.ts';
import type { ExtraOutput, ImageOutputs } from '../model/session.ts';
import { createDecoder, isHeavyDecode } from './decoding.ts';
import { createExplainer, type Explanation } from './explainer.ts';
import type { Failed } from './failed.ts';
import { createInspector, type EncodedImage, totalCpuMs } from './inspection.ts';
import { createModelRun, type RunItem } from './model-run.ts';
import { requireOutputs } from './required-outputs.ts';
import { createRunQueue, type Run, type RunQueue } from './run-queue.ts';
import type { NormalisedImage } from './tensor/tensor.ts';

export type { EncodedImage } from './inspection.ts';
export type { NormalisedImage } from './tensor/tensor.ts';

/** An image with what the model makes of it. */
export interface Scored extends ImageOutputs {
  readonly image: ImageInfo;
}

export interface Classified {
  readonly predictions: readonly Prediction[];
  /** Undefined unless it was asked for. */
  readonly explanation?: Explanation | undefined;
  readonly image: ImageInfo;
}

export interface ClassifyOptions {
  /** How many classes to name. */
  readonly topK: number;
  /** How many of them to explain, the most probable first. */
  readonly explain: number;
}

export interface ScoreOptions {
  /** What is wanted besides the scores. @default nothing */
  readonly extras?: readonly ExtraOutput[];
  /** Milliseconds of CPU time for decoding all images. @default what the images may take one by one */
  readonly maxCpuMs?: number;
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
 * @throws ServiceError `overloaded`, or `too_many_pixels` for all images together; `unsupported_by_model` if the
 *   bundle lacks what is asked for; the reason of `signal`.
 */
export interface Predictor {
  /** Classifies encoded images. */
  classify(
    images: readonly EncodedImage[],
    options: ClassifyOptions,
    signal: AbortSignal,
  ): Promise<Outcomes<Classified>>;
  /** Scores encoded images. */
  scoreImages(
    images: readonly EncodedImage[],
    signal: AbortSignal,
    options?: ScoreOptions,
  ): Promise<Outcomes<Scored>>;
  /** Scores images that the caller has decoded and normalised. */
  scoreTensors(
    images: readonly NormalisedImage[],
    signal: AbortSignal,
    extras?: readonly ExtraOutput[],
  ): Promise<Run<ImageOutputs>>;
}

/**
 * The most images of one run. With two threads, an image in a run of four takes 14 % less time than one
 * alone. In a run of eight it takes only another 2 % less (`bench/`), and the first image waits for the last.
 */
export const MAX_SHARED_RUN = 4;
const NO_RUN: Run<ImageOutputs> = { rows: [], tensorMs: 0, inferenceMs: 0 };

/** The queue that all models share. */
export type PredictionQueue = RunQueue<RunItem, ImageOutputs>;

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
  const explainer = createExplainer(classifier);

  /**
   * @param finish makes the result of an image while the request still holds its slots, so that they limit the memory
   *   of the outputs too.
   */
  async function predict<Result>(
    images: readonly EncodedImage[],
    signal: AbortSignal,
    { extras = [], maxCpuMs }: ScoreOptions,
    finish: (scored: Scored) => Result | Promise<Result>,
  ): Promise<Outcomes<Result>> {
    requireOutputs(classifier.manifest, extras);
    const start = performance.now();
    const inspected = await inspect(images, signal, maxCpuMs);
    const inspectMs = performance.now() - start;

    const isHeavy = isHeavyWork(inspected);
    return withReservation(predictions, { ...slotsFor(inspected.length, isHeavy), signal }, () =>
      withReservation(decodedAhead, { amount: 1, isHeavy, signal }, async () => {
        const decodeStart = performance.now();
        const decoded = await decode(inspected, signal);
        const decodeMs = inspectMs + performance.now() - decodeStart;

        const crops = decoded.filter((outcome) => 'pixels' in outcome).map((image) => ({ image, extras }));
        const run = crops.length > 0 ? await queue(runModel, crops, signal) : NO_RUN;
        const finishStart = performance.now();
        const results: (Result | Failed)[] = [];
        for (const outcome of withOutputs(decoded, run.rows)) {
          results.push('error' in outcome ? outcome : await finish(outcome));
        }
        return {
          results,
          decodeMs: decodeMs + run.tensorMs,
          inferenceMs: run.inferenceMs + performance.now() - finishStart,
        };
      }),
    );
  }

  /** A batch larger than its share of the slots takes the whole share. */
  function slotsFor(images: number, isHeavy: boolean) {
    return { amount: Math.min(images, predictions.largestClaim(isHeavy)), isHeavy };
  }

  return {
    classify(images, { topK, explain }, signal) {
      const extras: readonly ExtraOutput[] = explain > 0 ? ['features'] : [];
      return predict(images, signal, { extras }, async ({ scores, features, image }) => {
        const named = classifier.name(scores, topK);
        return {
          predictions: named,
          image,
          explanation: features && (await explainer(features, named.slice(0, explain), image)),
        };
      });
    },
    scoreImages: (images, signal, options = {}) => predict(images, signal, options, (scored) => scored),
    async scoreTensors(images, signal, extras = []) {
      requireOutputs(classifier.manifest, extras);
      const items = images.map((image) => ({ image, extras }));
      const claim = slotsFor(images.length, images.length > 1);
      return withReservation(predictions, { ...claim, signal }, () => queue(runModel, items, signal));
    },
  };
}

/** Batches, and images that take long to decode. */
function isHeavyWork(images: readonly (InspectedImage | Failed)[]): boolean {
  return images.length > 1 || isHeavyDecode(totalCpuMs(images));
}

/** @param rows the outputs for each decoded image, in order. */
function withOutputs(
  images: readonly (DecodedImage | Failed)[],
  rows: readonly ImageOutputs[],
): readonly (Scored | Failed)[] {
  const next = rows.values();
  return images.map((image) =>
    'error' in image ? image : { ...(next.next().value as ImageOutputs), image: image.info },
  );
}
