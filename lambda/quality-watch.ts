import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { qualityWatch } from './operations/quality/quality-watch.ts';
import { readQualitySettings } from './operations/quality/settings.ts';
import { createLogger, createMetrics } from './telemetry/powertools.ts';

const settings = readQualitySettings();

/** Runs once a day and compares what was classified with the days before. */
export const handler = qualityWatch({
  // An account may run a limited number of queries at once. The SDK waits longer before each attempt.
  logs: new CloudWatchLogsClient({ maxAttempts: 6 }),
  logger: createLogger(settings),
  metrics: createMetrics(settings.stage),
  settings,
});
