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

/** The model as the routes see it: it may still be loading, or have failed to load. */
export interface ModelAccess {
  /** Waits for a model that is loading. @throws ServiceError `not_ready` where it failed, or where too many wait. */
  whenReady(): Promise<ReadyModel>;
  /** Does not wait. @throws ServiceError `not_ready` with the reason. */
  now(): ReadyModel;
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
