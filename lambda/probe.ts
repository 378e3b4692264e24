import { createProbe } from './operations/probe.ts';
import { readProbeSettings } from './operations/settings.ts';
import { createLogger, createMetrics } from './telemetry/powertools.ts';

const settings = readProbeSettings();

/** Runs on a schedule and checks, through the public URL, that the service is ready. */
export const handler = createProbe({
  ...settings,
  logger: createLogger(settings),
  metrics: createMetrics(settings.stage),
});
