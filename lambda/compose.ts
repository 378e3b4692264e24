import type { Config } from './config.ts';
import { createImageFetcher } from './fetch/fetch.ts';
import { createHttpApp, type Dependencies } from './http/app.ts';
import { type Classifier, loadClassifier } from './model/classifier.ts';
import { createObservability, type Observability } from './telemetry/requests.ts';

const MAX_REDIRECTS = 3;

export interface Service {
  readonly app: ReturnType<typeof createHttpApp>;
  readonly observability: Observability;
  /** The model being loaded. The entry decides what a failure means for the process. */
  readonly classifier: Promise<Classifier>;
}

/** The real dependencies put together, for whichever entry runs. */
export function composeService(
  config: Config,
  { betweenRuns }: Pick<Dependencies, 'betweenRuns'> = {},
): Service {
  let readyAfterMs = 0;
  const observability = createObservability(config, () => readyAfterMs);
  const classifier = loadClassifier(config.modelDir, { threads: config.threads }).then((loaded) => {
    readyAfterMs = performance.now();
    return loaded;
  });
  const fetchImage = createImageFetcher({
    ...config.url,
    maxBytes: config.limits.maxImageBytes,
    maxRedirects: MAX_REDIRECTS,
  });
  return {
    app: createHttpApp({ config, classifier, fetchImage, observability, betweenRuns }),
    observability,
    classifier,
  };
}
