import type { Budgets } from '../budget/budgets.ts';
import type { Config } from '../config.ts';
import { ServiceError } from '../errors.ts';
import type { Classifier } from '../model/classifier.ts';
import { createPredictor, type Predictor } from './predictor.ts';

export interface ReadyModel {
  readonly classifier: Classifier;
  readonly predict: Predictor;
}

type State =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly model: ReadyModel }
  | { readonly kind: 'failed'; readonly cause: unknown };

/** How routes reach the model, which may still be loading or may have failed to load. */
export interface ModelAccess {
  /**
   * Waits while the model loads.
   *
   * @throws ServiceError `not_ready` if it failed, or if too many requests wait.
   */
  whenReady(): Promise<ReadyModel>;
  /** Does not wait. @throws ServiceError `not_ready` if the model is loading or failed. */
  now(): ReadyModel;
  /** Undefined until the model is ready. */
  version(): string | undefined;
}

export function createModelAccess(
  classifier: Promise<Classifier>,
  config: Config,
  budgets: Budgets,
  betweenRuns?: () => Promise<void>,
): ModelAccess {
  let state: State = { kind: 'loading' };
  let waiting = 0;
  const settled = classifier.then(
    (loaded) => {
      state = {
        kind: 'ready',
        model: { classifier: loaded, predict: createPredictor(loaded, config, budgets, betweenRuns) },
      };
    },
    (cause: unknown) => {
      state = { kind: 'failed', cause };
    },
  );

  function now(): ReadyModel {
    switch (state.kind) {
      case 'ready':
        return state.model;
      case 'loading':
        throw new ServiceError('not_ready', 'The model is still loading.', { retryAfterSeconds: 1 });
      case 'failed':
        throw new ServiceError('not_ready', 'The model could not be loaded.', { cause: state.cause });
    }
  }

  return {
    now,
    version: () => (state.kind === 'ready' ? state.model.classifier.manifest.version : undefined),
    async whenReady() {
      if (state.kind === 'loading' && waiting < config.limits.maxInFlight) {
        waiting += 1;
        await settled;
        waiting -= 1;
      }
      return now();
    },
  };
}
