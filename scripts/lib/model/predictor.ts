import { createBudgets } from '../../../lambda/budget/budgets.ts';
import type { Config } from '../../../lambda/config.ts';
import { ServiceError } from '../../../lambda/errors.ts';
import { type Classifier, loadClassifier, type Prediction } from '../../../lambda/model/classifier.ts';
import {
  createPredictionQueue,
  createPredictor,
  type Predictor,
} from '../../../lambda/prediction/predictor.ts';

export interface ImagePredictor {
  readonly classifier: Classifier;
  /** For any number of images at a time. */
  readonly predictor: Predictor;
  /**
   * The most probable classes of one encoded image, most probable first. For one image at a time.
   *
   * @throws ServiceError if the image cannot be classified.
   */
  readonly predict: (image: Uint8Array, topK: number) => Promise<readonly Prediction[]>;
}

/**
 * The service's own path from encoded bytes to classes, in this process.
 *
 * @param betweenRuns awaited between two runs of the model. @default nothing
 */
export async function loadPredictor(
  config: Config,
  betweenRuns?: () => Promise<void>,
): Promise<ImagePredictor> {
  const classifier = await loadClassifier(config.models[0], { threads: config.threads });
  const budgets = createBudgets(config.budgets);
  const predictor = createPredictor(classifier, config, budgets, createPredictionQueue(betweenRuns));
  const { signal } = new AbortController();
  return {
    classifier,
    predictor,
    async predict(bytes, topK) {
      const [outcome] = (await predictor.classify([{ bytes }], { topK, explain: 0 }, signal)).results;
      if (outcome === undefined)
        throw new ServiceError('internal', 'Expected an outcome of one image, got none.');
      if ('error' in outcome) throw outcome.error;
      return outcome.predictions;
    },
  };
}
