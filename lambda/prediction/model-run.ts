import type { Pixels } from '../images/decode.ts';
import type { Classifier, Prediction } from '../model/classifier.ts';
import type { RunModel } from './run-queue.ts';
import { createImageTensor } from './tensor/tensor.ts';

/**
 * Classifies decoded images in one run of the model.
 *
 * All runs use one buffer: a new tensor for every run makes V8 collect its heap more often, in the middle of
 * predictions. A run must therefore settle before the next one starts, which the run queue ensures.
 *
 * @param maxImages the most images of one run.
 */
export function createModelRun(classifier: Classifier, maxImages: number): RunModel<Pixels, Prediction> {
  const tensor = createImageTensor(classifier.manifest, maxImages);

  return async (images, topK) => {
    const start = performance.now();
    images.forEach((image, position) => {
      tensor.write(image, position);
    });
    const ready = performance.now();
    const rows = await classifier.classify(tensor.first(images.length), images.length, topK);
    return { rows, tensorMs: ready - start, inferenceMs: performance.now() - ready };
  };
}
