import type { Budgets } from '../budget/budgets.ts';
import { withReservation } from '../budget/reservation.ts';
import type { Config } from '../config.ts';
import type { DecodedImage } from '../images/decode.ts';
import type { ImageInfo, InspectedImage } from '../images/inspect.ts';
import type { Classifier, Prediction } from '../model/classifier.ts';
import { createDecoder, isHeavyDecode } from './decoding.ts';
import type { Failed } from './failed.ts';
import { createInspector, type EncodedImage } from './inspection.ts';
import { createModelRun } from './model-run.ts';
import { createRunQueue, type Run } from './run-queue.ts';

export type { EncodedImage } from './inspection.ts';

export interface Classified {
  readonly predictions: readonly Prediction[];
  readonly image: ImageInfo;
}

export type Outcome = Classified | Failed;

export interface Outcomes {
  /** One for each image, in order. */
  readonly results: readonly Outcome[];
  /** Milliseconds from bytes to tensor, without the wait for runs of other requests. */
  readonly decodeMs: number;
  /** Milliseconds from tensor to named classes, without the wait for runs of other requests. */
  readonly inferenceMs: number;
}

/**
 * Classifies encoded images. Settles only when nothing reads the images any more, even if a decoder is still
 * at work when the signal aborts.
 *
 * @throws ServiceError `overloaded`, or `too_many_pixels` for all images together; the reason of `signal`.
 */
export type Predictor = (
  images: readonly EncodedImage[],
  topK: number,
  signal: AbortSignal,
) => Promise<Outcomes>;

/**
 * The most images of one run. With two threads, an image in a run of four takes 14 % less time than one
 * alone. In a run of eight it takes only another 2 % less (`bench/`), and the first image waits for the last.
 */
const MAX_SHARED_RUN = 4;
const NO_RUN: Run<Prediction> = { rows: [], tensorMs: 0, inferenceMs: 0 };

/** @param betweenRuns awaited between two runs of the model. */
export function createPredictor(
  classifier: Classifier,
  { limits }: Pick<Config, 'limits'>,
  budgets: Budgets,
  betweenRuns?: () => Promise<void>,
): Predictor {
  const inspect = createInspector(classifier.manifest.preprocessing, limits, budgets.decodeMemory);
  const decode = createDecoder(budgets);
  const classify = createRunQueue(createModelRun(classifier, MAX_SHARED_RUN), MAX_SHARED_RUN, betweenRuns);

  return async (images, topK, signal) => {
    const start = performance.now();
    const inspected = await inspect(images, signal);
    const inspectMs = performance.now() - start;

    const { predictions, decoded: decodedAhead } = budgets;
    const isHeavy = isHeavyWork(inspected);
    // A batch larger than its share of the slots takes the whole share.
    const slots = Math.min(inspected.length, predictions.largestClaim(isHeavy));
    return withReservation(predictions, { amount: slots, isHeavy, signal }, () =>
      withReservation(decodedAhead, { amount: 1, isHeavy, signal }, async () => {
        const decodeStart = performance.now();
        const decoded = await decode(inspected, signal);
        const decodeMs = inspectMs + performance.now() - decodeStart;

        const crops = decoded.filter((outcome) => 'pixels' in outcome);
        const run = crops.length > 0 ? await classify(crops, topK, signal) : NO_RUN;
        return {
          results: withPredictions(decoded, run.rows),
          decodeMs: decodeMs + run.tensorMs,
          inferenceMs: run.inferenceMs,
        };
      }),
    );
  };
}

/** Batches, and images that take long to decode. */
function isHeavyWork(images: readonly (InspectedImage | Failed)[]): boolean {
  const cpuMs = images.reduce((sum, image) => sum + ('cost' in image ? image.cost.cpuMs : 0), 0);
  return images.length > 1 || isHeavyDecode(cpuMs);
}

/** @param rows the predictions for each decoded image, in order. */
function withPredictions(
  images: readonly (DecodedImage | Failed)[],
  rows: Run<Prediction>['rows'],
): readonly Outcome[] {
  const next = rows.values();
  return images.map((image) =>
    'error' in image ? image : { predictions: next.next().value ?? [], image: image.info },
  );
}
