import type { Classifier } from '../model/classifier.ts';
import type { ExtraOutput, ImageOutputs } from '../model/session.ts';
import type { RunModel } from './run-queue.ts';
import { createImageTensor, type TensorImage } from './tensor/tensor.ts';

/** An image, and what is wanted of it besides its scores. */
export interface RunItem {
  readonly image: TensorImage;
  readonly extras: readonly ExtraOutput[];
}

export type ModelRun = RunModel<RunItem, ImageOutputs>;

/**
 * Runs the model once for several images. A run returns all that is wanted of any of them.
 *
 * All runs use one buffer: a new tensor for every run makes V8 collect its heap more often, in the middle of
 * predictions. A run must therefore settle before the next one starts, which the run queue ensures.
 *
 * @param maxImages the most images of one run.
 */
export function createModelRun(
  { manifest, run }: Pick<Classifier, 'manifest' | 'run'>,
  maxImages: number,
): ModelRun {
  const tensor = createImageTensor(manifest, maxImages);

  return async (items) => {
    const start = performance.now();
    items.forEach(({ image }, position) => {
      tensor.write(image, position);
    });
    const ready = performance.now();
    const extras = items.flatMap((item) => item.extras);
    const outputs = await run(tensor.first(items.length), items.length, extras);
    const rows = outputs.map((output, position) => wanted(output, items[position]?.extras ?? []));
    return { rows, tensorMs: ready - start, inferenceMs: performance.now() - ready };
  };
}

/** Without the outputs that only other images of the run asked for. */
const wanted = (
  { scores, embedding, features }: ImageOutputs,
  extras: readonly ExtraOutput[],
): ImageOutputs => ({
  scores,
  embedding: extras.includes('embedding') ? embedding : undefined,
  features: extras.includes('features') ? features : undefined,
});
