import type { Config } from '../../../../lambda/config.ts';
import { ServiceError } from '../../../../lambda/errors.ts';
import { loadPredictor } from '../predictor.ts';
import { type PhotoClassifier, TOP, UnusableImage, wnidsOf } from './photo-classifier.ts';

/** The model in this process, with the service's own code from bytes to classes. */
export async function loadPhotoClassifier(config: Config): Promise<PhotoClassifier> {
  const { classifier, predict } = await loadPredictor(config);
  const { name, version, sha256 } = classifier.manifest;
  return {
    model: { name, version, sha256 },
    threads: config.threads,
    wnids: new Set(wnidsOf(classifier.labels)),
    async classify(image) {
      const predictions = await predict(image, TOP).catch((error: unknown) => {
        throw error instanceof ServiceError && error.status < 500
          ? new UnusableImage(error.detail, { cause: error })
          : error;
      });
      return wnidsOf(predictions);
    },
  };
}
