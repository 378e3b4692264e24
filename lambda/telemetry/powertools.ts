import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Config } from '../config.ts';
import { DIMENSION, METRICS_NAMESPACE, SERVICE_NAME } from './names.ts';

/** A logger that writes one JSON line for each entry, with the service and, if given, the stage. */
export function createLogger(
  options: { readonly stage?: string; readonly logLevel?: Config['logLevel'] } = {},
): Logger {
  const { stage, logLevel = 'INFO' } = options;
  const logger = new Logger({ serviceName: SERVICE_NAME, logLevel });
  if (stage) logger.appendPersistentKeys({ stage });
  return logger;
}

/** Metrics in embedded metric format on standard output, with the dimensions that all our metrics have. */
export function createMetrics(stage: string): Metrics {
  // Powertools adds the name of the service as a dimension.
  return new Metrics({
    namespace: METRICS_NAMESPACE,
    serviceName: SERVICE_NAME,
    defaultDimensions: { [DIMENSION.stage]: stage },
  });
}
