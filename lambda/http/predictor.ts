import pLimit from 'p-limit';
import type { Config } from '../config.ts';
import { ServiceError } from '../errors.ts';
import { type DecodedImage, decodeImage, type ImageInfo } from '../images/decode.ts';
import { createTensorWriter } from '../images/tensor.ts';
import { createTensorPool } from '../images/tensor-pool.ts';
import type { UploadedImage } from '../images/upload.ts';
import type { Classifier, Prediction } from '../model/classifier.ts';

export interface Classified {
  readonly predictions: readonly Prediction[];
  readonly image: ImageInfo;
}

export type Outcome = Classified | { readonly error: ServiceError };

export interface Outcomes {
  /** One for each image, in order. */
  readonly results: readonly Outcome[];
  /** Milliseconds from bytes to tensor, and from tensor to named classes. */
  readonly decodeMs: number;
  readonly inferenceMs: number;
}

/** Takes encoded images to named classes: all are decoded, those that decode go through the model in one run. */
export type Predictor = (images: readonly UploadedImage[], topK: number) => Promise<Outcomes>;

export function createPredictor(classifier: Classifier, config: Config): Predictor {
  const { preprocessing } = classifier.manifest;
  const { crop } = preprocessing;
  const write = createTensorWriter(crop, preprocessing);
  const tensors = createTensorPool(3 * crop * crop);
  // Decoding takes memory by the size of the picture, so only as many pictures are open as there are cores.
  const limitDecoding = pLimit(config.threads);

  async function decode(image: UploadedImage): Promise<DecodedImage | { readonly error: ServiceError }> {
    if ('error' in image) return image;
    try {
      return await limitDecoding(() => decodeImage(image.bytes, preprocessing, config.limits));
    } catch (error) {
      return { error: ServiceError.from(error) };
    }
  }

  return async (images, topK) => {
    const start = performance.now();
    const decoded = await Promise.all(images.map(decode));
    const whole = decoded.filter((outcome) => 'rgb' in outcome);
    const tensor = tensors.take(whole.length);
    whole.forEach(({ rgb }, position) => {
      write(rgb, tensor, position);
    });
    const ready = performance.now();
    const classified = whole.length > 0 ? await classifier.classify(tensor, whole.length, topK) : [];
    tensors.giveBack(tensor);
    const end = performance.now();

    const rows = classified.values();
    const results = decoded.map((outcome): Outcome => {
      if ('error' in outcome) return outcome;
      return { predictions: rows.next().value ?? [], image: outcome.info };
    });
    return { results, decodeMs: ready - start, inferenceMs: end - ready };
  };
}
