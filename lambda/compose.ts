import { createBudgets } from './budget/budgets.ts';
import { type Capture, createCapture } from './capture/capture.ts';
import type { Config } from './config.ts';
import { createUrlFetcher } from './fetch/fetch.ts';
import { lookupUntil } from './fetch/lookup.ts';
import { createHttpApp, type Dependencies } from './http/app.ts';
import { loadVips } from './images/libvips.ts';
import { NoBundleError } from './model/bundle.ts';
import { type Classifier, loadClassifier } from './model/classifier.ts';
import { recordAfterAnswers } from './telemetry/after-answers.ts';
import { createObservability, type Observability } from './telemetry/requests.ts';

const MAX_REDIRECTS = 3;

export interface Service {
  readonly app: ReturnType<typeof createHttpApp>;
  readonly observability: Observability;
  /** Undefined if no images are captured. */
  readonly capture: Capture | undefined;
  /** Pending while the model loads. The entry decides what to do if loading fails. */
  readonly classifier: Promise<Classifier>;
  /**
   * Loads libvips before an image needs it, and logs if that fails. Images that need it are then refused, and
   * `/ready` answers 503.
   *
   * @throws Error if libvips cannot be loaded.
   */
  readonly loadImageDecoder: () => Promise<void>;
}

export interface ServiceOptions extends Pick<Dependencies, 'betweenRuns'> {
  /** Records requests and events. @default JSON lines and metrics */
  readonly observability?: Observability | undefined;
  /** Whether a request is recorded when its answer has been sent, instead of before. @default false */
  readonly recordsAfterAnswers?: boolean;
}

/** Puts the real dependencies together, for every entry. */
export function composeService(
  config: Config,
  { betweenRuns, observability: chosen, recordsAfterAnswers = false }: ServiceOptions = {},
): Service {
  let readyAfterMs = 0;
  const recorder = chosen ?? createObservability(config, () => readyAfterMs);
  const observability = recordsAfterAnswers ? recordAfterAnswers(recorder) : recorder;
  const classifier = loadClassifier(config.modelDir, { threads: config.threads }).then(
    (loaded) => {
      readyAfterMs = performance.now();
      return loaded;
    },
    (error) => {
      throw error instanceof NoBundleError
        ? new Error(`MODEL_DIR: ${error.message}`, { cause: error })
        : error;
    },
  );
  const fetchUrl = createUrlFetcher({
    ...config.url,
    accept: 'image/*',
    maxBytes: config.limits.maxImageBytes,
    maxRedirects: MAX_REDIRECTS,
  });
  const budgets = createBudgets(config.budgets);
  const capture =
    config.capture &&
    createCapture(config.capture, {
      memory: budgets.bodies,
      onLoss: observability.recordCaptureLoss,
      lookupUntil,
    });
  return {
    app: createHttpApp({ config, classifier, fetchUrl, observability, budgets, capture, betweenRuns }),
    observability,
    capture,
    classifier,
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
