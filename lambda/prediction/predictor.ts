import { setImmediate as immediate } from 'node:timers/promises';
import type { Budgets } from '../budget/budgets.ts';
import type { Claim } from '../budget/gate.ts';
import type { Config } from '../config.ts';
import { ServiceError } from '../errors.ts';
import { type DecodedImage, decodeImage } from '../images/decode.ts';
import { type ImageInfo, type InspectedImage, inspectImage, type Lend } from '../images/inspect.ts';
import type { Classifier, Prediction } from '../model/classifier.ts';
import { createRunQueue, type Run } from './run-queue.ts';
import { createTensorWriter } from './tensor.ts';
import { createTensorPool } from './tensor-pool.ts';

/** An image as it came in. A batch goes on where one of its images could not be read. */
export type EncodedImage = { readonly bytes: Uint8Array } | { readonly error: ServiceError };

export interface Classified {
  readonly predictions: readonly Prediction[];
  readonly image: ImageInfo;
}

export type Outcome = Classified | { readonly error: ServiceError };

export interface Outcomes {
  /** One for each image, in order. */
  readonly results: readonly Outcome[];
  /** Milliseconds from bytes to tensor, and from tensor to named classes; waiting for other requests' runs is in neither. */
  readonly decodeMs: number;
  readonly inferenceMs: number;
}

/**
 * Takes encoded images to named classes. Settles only when nothing reads the images any more, however long the decoder
 * that is at work when the signal aborts takes.
 *
 * @throws ServiceError `overloaded`, or `too_many_pixels` for all images together; the reason of `signal`.
 */
export type Predictor = (
  images: readonly EncodedImage[],
  topK: number,
  signal: AbortSignal,
) => Promise<Outcomes>;

/**
 * Images that share a run. With two threads an image of four takes 14 % less than one alone, and of eight 2 % less than
 * that (`bench/`), while the first of them waits for the last.
 */
const MAX_SHARED_RUN = 4;
/**
 * From so much CPU time on a decoder that works on the event loop waits for a turn of its own. With fewer for each, all
 * predictions in flight may decode in one turn.
 */
const TURN_CPU_MS = 10;
const TURN_BYTES = 2 ** 20;
/** Texts and profiles of an image from which on reading them is heavy. */
const HEAVY_METADATA_BYTES = 32 * 2 ** 20;
/** Estimated CPU time from which on a request is heavy: a JPEG of 12 megapixels, as phones make it, takes less. */
const HEAVY_CPU_MS = 600;
const NO_RUN: Run<Prediction> = { rows: [], tensorMs: 0, inferenceMs: 0 };

type Failed = { readonly error: ServiceError };

export function createPredictor(
  classifier: Classifier,
  config: Config,
  budgets: Budgets,
  betweenRuns?: () => Promise<void>,
): Predictor {
  const { preprocessing } = classifier.manifest;
  const { limits } = config;
  const { crop } = preprocessing;
  const write = createTensorWriter(crop, preprocessing);
  const tensors = createTensorPool(3 * crop * crop);
  const runModel = createRunQueue(classify, MAX_SHARED_RUN, betweenRuns);

  async function inspect(image: EncodedImage, signal: AbortSignal): Promise<InspectedImage | Failed> {
    if ('error' in image) return image;
    const lend: Lend = (bytes, work) =>
      withMemory({ amount: bytes, isHeavy: bytes > HEAVY_METADATA_BYTES, signal }, work);
    return failing(inspectImage(image.bytes, preprocessing, limits, lend));
  }

  async function withMemory<Result>(claim: Claim, work: () => Promise<Result>): Promise<Result> {
    const memory = await budgets.decodeMemory.reserve(claim);
    try {
      return await work();
    } finally {
      memory.release();
    }
  }

  /** Decodes one image with a decoder and the memory that were reserved for it. */
  async function decode(image: InspectedImage | Failed, signal: AbortSignal): Promise<DecodedImage | Failed> {
    if ('error' in image) return image;
    const isHeavy = isHeavyCost(image.cost.cpuMs);
    const decoder = await budgets.decoders.reserve({ amount: 1, isHeavy, signal });
    try {
      return await withMemory({ amount: image.cost.bytes, isHeavy, signal }, async () => {
        if (image.decoder === 'plain' && image.cost.cpuMs > TURN_CPU_MS) await immediate();
        return failing(decodeImage(image));
      });
    } finally {
      decoder.release();
    }
  }

  async function classify(images: readonly DecodedImage[], topK: number): Promise<Run<Prediction>> {
    const start = performance.now();
    const tensor = tensors.take(images.length);
    images.forEach(({ rgb }, position) => {
      write(rgb, tensor, position);
    });
    const ready = performance.now();
    const rows = await classifier.classify(tensor, images.length, topK);
    tensors.giveBack(tensor);
    return { rows, tensorMs: ready - start, inferenceMs: performance.now() - ready };
  }

  return async (images, topK, signal) => {
    const start = performance.now();
    const inspected: (InspectedImage | Failed)[] = [];
    for (const image of images) {
      signal.throwIfAborted();
      inspected.push(await inspect(image, signal));
      // Going through a large file for its parts takes up to 10 ms a megabyte.
      if ('bytes' in image && image.bytes.byteLength > TURN_BYTES) await immediate();
    }
    const whole = inspected.filter((image) => 'cost' in image);
    requirePixelCount(whole, limits.maxBatchPixels);
    const inspectMs = performance.now() - start;

    const isHeavy = images.length > 1 || isHeavyCost(sum(whole.map(({ cost }) => cost.cpuMs)));
    const amount = Math.min(images.length, budgets.predictions.largestClaim(isHeavy));
    const place = await budgets.predictions.reserve({ amount, isHeavy, signal });
    try {
      const decodeStart = performance.now();
      const decoded = await allSettled(inspected.map((image) => decode(image, signal)));
      const decodeMs = inspectMs + performance.now() - decodeStart;
      const crops = decoded.filter((outcome) => 'rgb' in outcome);
      const run = crops.length > 0 ? await runModel(crops, topK, signal) : NO_RUN;

      const rows = run.rows.values();
      const results = decoded.map((outcome): Outcome => {
        if ('error' in outcome) return outcome;
        return { predictions: rows.next().value ?? [], image: outcome.info };
      });
      return { results, decodeMs: decodeMs + run.tensorMs, inferenceMs: run.inferenceMs };
    } finally {
      place.release();
    }
  };
}

const isHeavyCost = (cpuMs: number): boolean => cpuMs > HEAVY_CPU_MS;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What is wrong with one image is an outcome of its own; what is wrong with the service is not. */
async function failing<Value>(work: Promise<Value>): Promise<Value | Failed> {
  try {
    return await work;
  } catch (cause) {
    const error = ServiceError.from(cause);
    if (error.code === 'overloaded') throw error;
    return { error };
  }
}

/** Like `Promise.all`, but rejects only when all are done. */
async function allSettled<Value>(work: readonly Promise<Value>[]): Promise<readonly Value[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

/** @throws ServiceError `too_many_pixels` */
function requirePixelCount(images: readonly InspectedImage[], maximum: number): void {
  const pixels = sum(images.map(({ info }) => info.width * info.height));
  if (pixels <= maximum) return;
  throw new ServiceError(
    'too_many_pixels',
    `Expected at most ${maximum} pixels in all images of a request, got ${pixels}.`,
  );
}
