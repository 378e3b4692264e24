import type { Admin } from './admin.ts';
import { type Capture, createCapture } from './capture/capture.ts';
import { composePrediction, type Prediction } from './compose-prediction.ts';
import type { Config } from './config.ts';
import { lookupUntil } from './fetch/lookup.ts';
import { createHttpApp } from './http/app.ts';
import type { OpenEngine } from './http/jobs/engine.ts';
import { loadVips } from './images/libvips.ts';
import type { Models } from './prediction/models.ts';
import { recordAfterAnswers } from './telemetry/after-answers.ts';
import { createLogSink } from './telemetry/log/log-sink.ts';
import { createRecorder } from './telemetry/recorder.ts';
import type { Observability, Sink } from './telemetry/requests.ts';
import type { ModelState, ServiceState } from './telemetry/service-state.ts';

export interface Service {
  readonly app: ReturnType<typeof createHttpApp>;
  readonly observability: Observability;
  /** Undefined if the entry has none. */
  readonly admin: Admin | undefined;
  /** Undefined if no images are captured. */
  readonly capture: Capture | undefined;
  /** The default model is being loaded. The entry decides when to load the others, and what to do if that fails. */
  readonly models: Models;
  /**
   * Loads the models after the default, one after the other, and logs which of them cannot be loaded. `/ready` then
   * answers 503, and the others can be used.
   *
   * @throws BundleError for the first that cannot be loaded.
   */
  readonly loadOtherModels: () => Promise<void>;
  /**
   * Loads libvips before an image needs it, and logs if that fails. Images that need it are then refused, and
   * `/ready` answers 503.
   *
   * @throws Error if libvips cannot be loaded.
   */
  readonly loadImageDecoder: () => Promise<void>;
}

/** What the engine of uploads and jobs shares with the routes. */
export interface JobParts extends Prediction {
  readonly observability: Observability;
}

export interface ServiceOptions {
  /** Awaited between two runs of a model, each of which blocks the event loop. @default nothing */
  readonly betweenRuns?: (() => Promise<void>) | undefined;
  /** Where requests and events are recorded. @default JSON lines and metrics on standard output */
  readonly sink?: Sink | undefined;
  /** Makes the live view and the metrics that are scraped. @default none */
  readonly createAdmin?: ((state: ServiceState) => Admin) | undefined;
  /** Makes what opens the engine of uploads and jobs. @default they are off */
  readonly createJobs?: ((parts: JobParts) => OpenEngine) | undefined;
  /** Whether a request is recorded when its answer has been sent, instead of before. @default false */
  readonly recordsAfterAnswers?: boolean;
}

/** Puts the real dependencies together, for every entry. */
export function composeService(
  config: Config,
  { betweenRuns, sink, createAdmin, createJobs, recordsAfterAnswers = false }: ServiceOptions = {},
): Service {
  let readyAfterMs: number | undefined;
  const prediction = composePrediction(config, betweenRuns);
  const { models, budgets, fetchUrl } = prediction;
  models.default.load().then(
    () => {
      readyAfterMs = performance.now();
    },
    () => {},
  );
  const admin = createAdmin?.({
    inFlight: budgets.predictions.used,
    waiting: budgets.predictions.waiting,
    models: () => modelStates(models),
    readyAfterMs: () => readyAfterMs,
  });
  const log = sink ?? createLogSink(config, () => readyAfterMs ?? 0);
  const recorder = createRecorder([log, ...(admin?.sinks ?? [])]);
  const observability = recordsAfterAnswers ? recordAfterAnswers(recorder) : recorder;
  const capture =
    config.capture &&
    createCapture(config.capture, {
      memory: budgets.bodies,
      onLoss: observability.recordCaptureLoss,
      lookupUntil,
    });
  return {
    app: createHttpApp({
      config,
      models,
      fetchUrl,
      observability,
      budgets,
      capture,
      jobs: createJobs?.({ ...prediction, observability }),
      addAdminRoutes: admin?.addRoutes,
    }),
    observability,
    admin,
    capture,
    models,
    async loadOtherModels() {
      const failures: Error[] = [];
      for (const access of models.all.slice(1)) {
        try {
          const { name, version } = (await access.load()).manifest;
          observability.recordLifecycle({ kind: 'model_loaded', model: `${name} ${version}` });
        } catch (error) {
          const { message } = error as Error;
          observability.recordLifecycle({ kind: 'load_failed', part: 'model', reason: message });
          failures.push(error as Error);
        }
      }
      const [first] = failures;
      if (first) throw first;
    },
    async loadImageDecoder() {
      try {
        await loadVips();
      } catch (error) {
        const { message } = (error as Error).cause as Error;
        observability.recordLifecycle({ kind: 'load_failed', part: 'image decoder', reason: message });
        throw error;
      }
    },
  };
}

function modelStates(models: Models): readonly ModelState[] {
  return models.all.flatMap((access) => {
    const identity = access.identity();
    return identity ? [{ name: identity.name, version: identity.version, state: access.state() }] : [];
  });
}
