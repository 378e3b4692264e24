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
   * @returns for each image, the model's output: one number for each class.
   */
  score(images: ImageValues, count: number): Promise<readonly Float32Array[]>;
  /** The probability of each class. @param scores a row of {@link score}. */
  probabilities(scores: Float32Array): Float32Array | Float64Array;
  /** The `top` most probable classes, most probable first. @param scores a row of {@link score}. */
  name(scores: Float32Array, top: number): readonly Prediction[];
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
  const probabilities = (scores: Float32Array) =>
    manifest.output.kind === 'logits' ? softmax(scores) : scores;

  return {
    manifest,
    labels,
    threads,
    score: session.run,
    probabilities,
    name(scores, top) {
      const all = probabilities(scores);
      return topK(all, top).map((index, position) => ({
        rank: position + 1,
        ...(labels[index] as Label),
        probability: all[index] as number,
      }));
    },
  };
}
