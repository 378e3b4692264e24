import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readConfig } from '../../../../lambda/config.ts';
import { ServiceError } from '../../../../lambda/errors.ts';
import type { Classifier, Prediction } from '../../../../lambda/model/classifier.ts';
import { type ImagePredictor, loadPredictor } from '../predictor.ts';
import { type CheckedOutputs, checkOutputs } from './outputs.ts';

export interface CheckedBundle extends Pick<Classifier, 'manifest' | 'labels'> {
  /** The most probable classes of the photo, most probable first. */
  readonly predictions: readonly Prediction[];
  readonly outputs: CheckedOutputs;
}

const TOP = 5;

/** Loads a bundle with the service's own code. @throws BundleError for one that the service must not use */
export const loadBundlePredictor = (directory: string): Promise<ImagePredictor> =>
  loadPredictor(readConfig({ ...process.env, MODELS: resolve(directory) }));

/**
 * Loads a bundle as the service does, with its checksums, and classifies a photo. Checks its class activation maps.
 *
 * @throws Error in one line if the service could not.
 */
export async function checkBundle(directory: string, photo: string): Promise<CheckedBundle> {
  const bytes = await readFile(photo).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${photo}: expected a photo, but it cannot be read (${cause.code})`, { cause });
  });
  const { classifier, predict } = await loadBundlePredictor(directory);
  const { manifest, labels } = classifier;
  const predictions = await predict(bytes, Math.min(TOP, labels.length)).catch((cause: unknown) => {
    throw cause instanceof ServiceError ? new Error(`${photo}: ${cause.detail}`, { cause }) : cause;
  });
  return { manifest, labels, predictions, outputs: await checkOutputs(directory, manifest, photo) };
}
