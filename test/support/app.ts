import { createBudgets } from '../../lambda/budget/budgets.ts';
import { type Config, type Environment, readConfig } from '../../lambda/config.ts';
import { createHttpApp, type Dependencies } from '../../lambda/http/app.ts';
import type { Classifier } from '../../lambda/model/classifier.ts';
import { createModels } from '../../lambda/prediction/models.ts';
import { createPredictionQueue } from '../../lambda/prediction/predictor.ts';
import type { Observability, RequestOutcome, RequestRecord } from '../../lambda/telemetry/requests.ts';
import { loadedSource } from '../../scripts/lib/model/loaded-source.ts';
import { fakeClassifier } from './model.ts';

export interface TestApp {
  readonly app: ReturnType<typeof createHttpApp>;
  readonly config: Config;
  /** What was recorded for each request, in order. */
  readonly requests: readonly (RequestRecord & RequestOutcome)[];
  request(path: string, init?: RequestInit): Promise<Response>;
}

export interface TestDependencies extends Partial<Dependencies> {
  /** @default a fake model */
  readonly classifier?: Promise<Classifier>;
  /** Models after the first. @default none */
  readonly others?: readonly Promise<Classifier>[];
}

/** The real app with a fake model and no log. */
export function testApp(
  { classifier = Promise.resolve(fakeClassifier()), others = [], ...dependencies }: TestDependencies = {},
  environment: Environment = {},
): TestApp {
  const config = readConfig({ LOG_LEVEL: 'SILENT', METRICS: 'off', MODELS: 'resnet50', ...environment });
  const requests: (RequestRecord & RequestOutcome)[] = [];
  const observability: Observability = {
    recordRequest: (record, outcome) => requests.push({ ...record, ...outcome }),
    recordBlock: () => {},
    cpuUsage: () => undefined,
    recordRefusal: () => {},
    recordCaptureLoss: () => {},
    recordLifecycle: () => {},
  };
  const budgets = dependencies.budgets ?? createBudgets(config.budgets);
  const models = createModels([loadedSource(classifier), ...others.map(loadedSource)], {
    config,
    budgets,
    queue: createPredictionQueue(),
  });
  // A test that gives a model that fails looks at what requests are answered with.
  models.default.load().catch(() => {});
  const app = createHttpApp({
    config,
    models,
    budgets,
    fetchUrl: () => Promise.reject(new Error('this test fetches nothing')),
    observability,
    ...dependencies,
  });
  return {
    app,
    config,
    requests,
    request: async (path, init) => app.request(path, init, {}),
  };
}
