import { type ActivationMapper, createActivationMapper } from './activation-maps.ts';
import { loadBundle, type ModelBundle } from './bundle.ts';
import type { Label, Manifest } from './manifest.ts';
import { softmax, topK } from './scores.ts';
import { createSession, type ModelSession, type SessionSettings } from './session.ts';

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
  /** Runs the model on images as the manifest's `input` says. */
  readonly run: ModelSession['run'];
  /** Undefined if the bundle has no activation maps. */
  readonly activationMapper: ActivationMapper | undefined;
  /** The probability of each class. @param scores of an image. */
  probabilities(scores: Float32Array): Float32Array | Float64Array;
  /** The `top` most probable classes, most probable first. @param scores of an image. */
  name(scores: Float32Array, top: number): readonly Prediction[];
}

/** @throws BundleError for a bundle that the service must not start with. */
export async function loadClassifier(directory: string, settings: SessionSettings): Promise<Classifier> {
  const bundle = await loadBundle(directory);
  const { activationMaps } = bundle.manifest;
  return createClassifier(bundle, await createSession(bundle, settings), {
    threads: settings.threads,
    activationMapper: activationMaps && createActivationMapper(directory, activationMaps),
  });
}

export function createClassifier(
  { manifest, labels }: Pick<ModelBundle, 'manifest' | 'labels'>,
  { run }: ModelSession,
  { threads, activationMapper }: Pick<Classifier, 'threads'> & Partial<Pick<Classifier, 'activationMapper'>>,
): Classifier {
  const probabilities = (scores: Float32Array) =>
    manifest.output.kind === 'logits' ? softmax(scores) : scores;

  return {
    manifest,
    labels,
    threads,
    run,
    activationMapper,
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
