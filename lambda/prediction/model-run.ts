import type { DecodedImage } from '../images/decode.ts';
import type { Classifier, Prediction } from '../model/classifier.ts';
import type { RunModel } from './run-queue.ts';
import { createTensorWriter } from './tensor.ts';

/**
 * Classifies decoded images in one run of the model.
 *
 * All runs use one buffer: a new tensor for every run makes V8 collect its heap more often, in the middle of
 * predictions. A run must therefore settle before the next one starts, which the run queue ensures.
 *
 * @param maxImages the most images of one run.
 */
export function createModelRun(
  classifier: Classifier,
  maxImages: number,
): RunModel<Pick<DecodedImage, 'rgb'>, Prediction> {
  const { preprocessing } = classifier.manifest;
  const write = createTensorWriter(preprocessing.crop, preprocessing);
  const imageValues = 3 * preprocessing.crop ** 2;
  const buffer = new Float32Array(maxImages * imageValues);

  return async (images, topK) => {
    const start = performance.now();
    const tensor = buffer.subarray(0, images.length * imageValues);
    images.forEach(({ rgb }, position) => {
      write(rgb, tensor, position);
    });
    const ready = performance.now();
    const rows = await classifier.classify(tensor, images.length, topK);
    return { rows, tensorMs: ready - start, inferenceMs: performance.now() - ready };
  };
}
