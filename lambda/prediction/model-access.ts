import type { Budgets } from '../budget/budgets.ts';
import type { Config } from '../config.ts';
import { ServiceError } from '../errors.ts';
import { NoBundleError } from '../model/bundle.ts';
import type { Classifier } from '../model/classifier.ts';
import type { ModelIdentity } from '../model/manifest.ts';
import type { ModelSource } from '../model/source.ts';
import { createPredictor, type PredictionQueue, type Predictor } from './predictor.ts';

/** Of a model whose manifest cannot be read. */
const UNKNOWN_VERSION = 'unknown';

export interface ReadyModel {
  readonly classifier: Classifier;
  readonly predictor: Predictor;
}

type State =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly model: ReadyModel }
  | { readonly kind: 'failed'; readonly cause: unknown };

/** How routes reach one model, which may still be loading or may have failed to load. */
export interface ModelAccess {
  /** Undefined until something has asked for it, or the model is loaded. */
  identity(): ModelIdentity | undefined;
  /**
   * Reads it from the manifest, once. A model whose manifest is wrong has failed, and the name of its folder.
   *
   * @throws NoBundleError if there is no manifest.
   */
  identify(): Promise<ModelIdentity>;
  /** Starts to load the model, if nothing else has. @throws BundleError */
  load(): Promise<Classifier>;
  /**
   * Waits while the model loads.
   *
   * @throws ServiceError `not_ready` if it failed, or if too many requests wait.
   */
  whenReady(): Promise<ReadyModel>;
  /** Does not wait. @throws ServiceError `not_ready` if the model is loading or failed. */
  now(): ReadyModel;
  state(): State['kind'];
}

export interface AccessDependencies {
  readonly config: Pick<Config, 'limits'>;
  readonly budgets: Budgets;
  readonly queue: PredictionQueue;
}

export function createModelAccess(
  source: ModelSource,
  { config, budgets, queue }: AccessDependencies,
): ModelAccess {
  let state: State = { kind: 'loading' };
  let known: ModelIdentity | undefined;
  let waiting = 0;
  let identifying: Promise<ModelIdentity> | undefined;
  let loading: Promise<Classifier> | undefined;

  async function readIdentity(): Promise<ModelIdentity> {
    try {
      const { name, version } = await source.identify();
      known = { name, version };
    } catch (cause) {
      if (cause instanceof NoBundleError) throw cause;
      state = { kind: 'failed', cause };
      known = { name: source.folder, version: UNKNOWN_VERSION };
    }
    return known;
  }
  const identifyOnce = () => (identifying ??= readIdentity());

  async function load(): Promise<Classifier> {
    try {
      const classifier = await source.load();
      const { name, version } = classifier.manifest;
      known = { name, version };
      state = {
        kind: 'ready',
        model: { classifier, predictor: createPredictor(classifier, config, budgets, queue) },
      };
      return classifier;
    } catch (cause) {
      state = { kind: 'failed', cause };
      throw cause;
    }
  }
  const loadOnce = () => (loading ??= load());

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
    identity: () => known,
    identify: async () => known ?? identifyOnce(),
    load: loadOnce,
    now,
    state: () => state.kind,
    async whenReady() {
      if (state.kind === 'loading' && waiting < config.limits.maxInFlight) {
        waiting += 1;
        // What went wrong is in the state.
        await loadOnce().catch(() => {});
        waiting -= 1;
      }
      return now();
    },
  };
}
