import pLimit from 'p-limit';
import type { Config } from '../config.ts';
import { ServiceError } from '../errors.ts';
import { type DecodedImage, decodeImage, type ImageInfo } from '../images/decode.ts';
import { inspectImage } from '../images/inspect.ts';
import { DEFAULT_DECODE_LIMITS } from '../images/limits.ts';
import { createTensorWriter } from '../images/tensor.ts';
import { createTensorPool } from '../images/tensor-pool.ts';
import type { UploadedImage } from '../images/upload.ts';
import type { Classifier, Prediction } from '../model/classifier.ts';
import { createRunQueue, type Run } from './run-queue.ts';

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

/** Takes encoded images to named classes: all are decoded, those that decode go through the model in one run. */
export type Predictor = (images: readonly UploadedImage[], topK: number) => Promise<Outcomes>;

/**
 * Images of different requests that share a run. With two threads an image of four takes 14 % less than one alone, and
 * of eight 2 % less than that (`bench/`), while the first of them waits for the last.
 */
const MAX_SHARED_RUN = 4;
const NO_RUN: Run<Prediction> = { rows: [], tensorMs: 0, inferenceMs: 0 };

export function createPredictor(classifier: Classifier, config: Config): Predictor {
  const { preprocessing } = classifier.manifest;
  const { crop } = preprocessing;
  const write = createTensorWriter(crop, preprocessing);
  const tensors = createTensorPool(3 * crop * crop);
  // Decoding takes memory by the size of the picture, so only as many pictures are open as there are cores.
  const limitDecoding = pLimit(config.threads);
  const runModel = createRunQueue(classify, MAX_SHARED_RUN);

  const limits = { ...config.limits, ...DEFAULT_DECODE_LIMITS };

  async function decode(image: UploadedImage): Promise<DecodedImage | { readonly error: ServiceError }> {
    if ('error' in image) return image;
    try {
      return await limitDecoding(async () =>
        decodeImage(await inspectImage(image.bytes, preprocessing, limits)),
      );
    } catch (error) {
      return { error: ServiceError.from(error) };
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

  return async (images, topK) => {
    const start = performance.now();
    const decoded = await Promise.all(images.map(decode));
    const decodeMs = performance.now() - start;
    const whole = decoded.filter((outcome) => 'rgb' in outcome);
    const { rows, tensorMs, inferenceMs } = whole.length > 0 ? await runModel(whole, topK) : NO_RUN;

    const rest = rows.values();
    const results = decoded.map((outcome): Outcome => {
      if ('error' in outcome) return outcome;
      return { predictions: rest.next().value ?? [], image: outcome.info };
    });
    return { results, decodeMs: decodeMs + tensorMs, inferenceMs };
  };
}
