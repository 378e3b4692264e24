import { loadBundle, type ModelBundle } from './bundle.ts';
import type { Label, Manifest } from './manifest.ts';
import { softmax, topK } from './scores.ts';
import { createSession, type ImageValues, type ModelSession, type SessionSettings } from './session.ts';

export interface Prediction extends Label {
  /** 1 for the most probable class. */
  readonly rank: number;
  /** 0..1. The probabilities of all classes add up to 1. */
  readonly probability: number;
}

/** A loaded, verified and warm model. */
export interface Classifier {
  readonly manifest: Manifest;
  readonly labels: readonly Label[];
  readonly threads: number;
  /**
   * @param images `count` images, as the manifest's `input` says.
   * @param top how many classes to name for each image.
   * @returns the `top` most probable classes of each image, most probable first.
   */
  classify(images: ImageValues, count: number, top: number): Promise<readonly (readonly Prediction[])[]>;
}

/** @throws BundleError for a bundle that the service must not start with. */
export async function loadClassifier(directory: string, settings: SessionSettings): Promise<Classifier> {
  const bundle = await loadBundle(directory);
  return createClassifier(bundle, await createSession(bundle, settings), settings.threads);
}

export function createClassifier(
  { manifest, labels }: Pick<ModelBundle, 'manifest' | 'labels'>,
  session: ModelSession,
  threads: number,
): Classifier {
  function name(scores: Float32Array, top: number): Prediction[] {
    const probabilities = manifest.output.kind === 'logits' ? softmax(scores) : scores;
    return topK(probabilities, top).map((index, position) => ({
      rank: position + 1,
      ...(labels[index] as Label),
      probability: probabilities[index] as number,
    }));
  }

  return {
    manifest,
    labels,
    threads,
    async classify(images, count, top) {
      const rows = await session.run(images, count);
      return rows.map((scores) => name(scores, top));
    },
  };
}
