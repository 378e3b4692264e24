import { setTimeout as delay } from 'node:timers/promises';
import { ServiceError } from '../../../../lambda/errors.ts';
import type { ClassifyOptions, Outcome, Predictor } from '../../../../lambda/prediction/predictor.ts';
import { readPhoto } from '../photos/read-photo.ts';

const RETRY_MS = 100;

/**
 * Reads and classifies one photo.
 *
 * @returns the problem of a photo that cannot be classified.
 * @throws Error if the model fails.
 */
export type ClassifyPhoto = (file: string) => Promise<Outcome>;

export function createPhotoClassifier(
  { classify }: Pick<Predictor, 'classify'>,
  maxImageBytes: number,
  options: ClassifyOptions,
): ClassifyPhoto {
  const { signal } = new AbortController();

  /** Waits while the other photos need the memory or the decoders. There is no client that gives up. */
  async function classifyBytes(bytes: Uint8Array): Promise<Outcome> {
    for (;;) {
      try {
        const [outcome] = (await classify([{ bytes }], options, signal)).results;
        if (!outcome) throw new TypeError('Expected the outcome of one image, got none.');
        return outcome;
      } catch (error) {
        if (!(error instanceof ServiceError && error.code === 'overloaded')) throw error;
      }
      await delay(RETRY_MS);
    }
  }

  return async (file) => {
    try {
      return await classifyBytes(await readPhoto(file, maxImageBytes));
    } catch (error) {
      if (error instanceof ServiceError) return { error };
      throw error;
    }
  };
}
