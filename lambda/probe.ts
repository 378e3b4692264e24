import { createProbe } from './operations/probe.ts';
import { readProbeSettings } from './operations/settings.ts';
import { createLogger, createMetrics } from './telemetry/powertools.ts';

const settings = readProbeSettings();

/** Run by a schedule: asks the service through its public URL whether it is ready. */
export const handler = createProbe({
  ...settings,
  logger: createLogger(settings),
  metrics: createMetrics(settings.stage),
});
