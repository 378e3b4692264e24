import { type Config, type Environment, readConfig } from '../../lambda/config.ts';
import { createHttpApp, type Dependencies } from '../../lambda/http/app.ts';
import type { Observability, RequestOutcome, RequestRecord } from '../../lambda/telemetry/requests.ts';
import { fakeClassifier } from './model.ts';

export interface TestApp {
  readonly app: ReturnType<typeof createHttpApp>;
  readonly config: Config;
  /** What was recorded for each request, in order. */
  readonly requests: readonly (RequestRecord & RequestOutcome)[];
  request(path: string, init?: RequestInit): Promise<Response>;
}

/** The real app with a fake model and no log. */
export function testApp(dependencies: Partial<Dependencies> = {}, environment: Environment = {}): TestApp {
  const config = readConfig({ LOG_LEVEL: 'SILENT', METRICS: 'off', ...environment });
  const requests: (RequestRecord & RequestOutcome)[] = [];
  const observability: Observability = {
    recordRequest: (record, outcome) => requests.push({ ...record, ...outcome }),
    recordBlock: () => {},
    cpuUsage: () => undefined,
    recordRefusal: () => {},
    recordCaptureLoss: () => {},
    recordLifecycle: () => {},
  };
  const app = createHttpApp({
    config,
    classifier: Promise.resolve(fakeClassifier()),
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
