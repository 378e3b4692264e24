import { type Config, readConfig } from '../../../lambda/config.ts';
import { createHttpApp, type Dependencies } from '../../../lambda/http/app.ts';
import { createObservability } from '../../../lambda/telemetry/requests.ts';

/** Fixed memory and threads, so that limits and answers do not depend on the machine. */
const CONFIG = readConfig({
  LOG_LEVEL: 'SILENT',
  METRICS: 'off',
  MEMORY_LIMIT_MIB: '1769',
  INTRA_OP_THREADS: '1',
});

export interface Changes {
  readonly classifier?: Dependencies['classifier'];
  readonly fetchUrl?: Dependencies['fetchUrl'];
  readonly limits?: Partial<Config['limits']>;
}

/** The service with default settings and without a log. It has no model and no network unless they are given. */
export function silentApp({ limits, ...dependencies }: Changes = {}): ReturnType<typeof createHttpApp> {
  const config = { ...CONFIG, limits: { ...CONFIG.limits, ...limits } };
  return createHttpApp({
    config,
    classifier: new Promise(() => {}),
    fetchUrl: () => Promise.reject(new Error('not used')),
    observability: createObservability(config, () => 0),
    ...dependencies,
  });
}
