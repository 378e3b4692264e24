import type { Classifier } from '../model/classifier.ts';
import type { RunModel } from './run-queue.ts';
import { createImageTensor, type TensorImage } from './tensor/tensor.ts';

/** Its rows are the raw scores of an image: one for each class. */
export type ModelRun = RunModel<TensorImage, Float32Array>;

/**
 * Scores images in one run of the model.
 *
 * All runs use one buffer: a new tensor for every run makes V8 collect its heap more often, in the middle of
 * predictions. A run must therefore settle before the next one starts, which the run queue ensures.
 *
 * @param maxImages the most images of one run.
 */
export function createModelRun(
  { manifest, score }: Pick<Classifier, 'manifest' | 'score'>,
  maxImages: number,
): ModelRun {
  const tensor = createImageTensor(manifest, maxImages);

  return async (images) => {
    const start = performance.now();
    images.forEach((image, position) => {
      tensor.write(image, position);
    });
    const ready = performance.now();
    const rows = await score(tensor.first(images.length), images.length);
    return { rows, tensorMs: ready - start, inferenceMs: performance.now() - ready };
  };
}
