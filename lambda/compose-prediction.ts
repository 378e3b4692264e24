import { type Budgets, createBudgets } from './budget/budgets.ts';
import type { Config } from './config.ts';
import { createUrlFetcher, type UrlFetcher } from './fetch/fetch.ts';
import { NoBundleError } from './model/bundle.ts';
import { type ModelSource, modelSource } from './model/source.ts';
import { createModels, type Models } from './prediction/models.ts';
import { createPredictionQueue } from './prediction/predictor.ts';

const MAX_REDIRECTS = 3;

/** What classifies images, with or without HTTP in front of it. */
export interface Prediction {
  /** None of them is being loaded yet. */
  readonly models: Models;
  readonly budgets: Budgets;
  /** Fetches images. */
  readonly fetchUrl: UrlFetcher;
}

/** @param betweenRuns awaited between two runs of a model. @default nothing */
export function composePrediction(config: Config, betweenRuns?: () => Promise<void>): Prediction {
  const budgets = createBudgets(config.budgets);
  const [first, ...others] = config.models;
  const source = (folder: string) => namingSetting(modelSource(folder, { threads: config.threads }));
  const models = createModels([source(first), ...others.map(source)], {
    config,
    budgets,
    queue: createPredictionQueue(betweenRuns),
  });
  const fetchUrl = createUrlFetcher({
    ...config.url,
    accept: 'image/*',
    maxBytes: config.limits.maxImageBytes,
    maxRedirects: MAX_REDIRECTS,
  });
  return { models, budgets, fetchUrl };
}

/** A wrong folder comes from the setting, so the error names it. */
function namingSetting({ folder, identify, load }: ModelSource): ModelSource {
  const explain = (error: unknown) => {
    throw error instanceof NoBundleError
      ? new NoBundleError(`MODELS: ${error.message}`, { cause: error })
      : error;
  };
  return { folder, identify: () => identify().catch(explain), load: () => load().catch(explain) };
}
