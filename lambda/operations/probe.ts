import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { z } from 'zod';
import { METRIC } from '../telemetry/names.ts';
import { round } from '../telemetry/requests.ts';
import { withDeadline } from './deadline.ts';
import { jsonOf } from './json.ts';
import type { ProbeSettings } from './settings.ts';

export interface ProbeDependencies extends Pick<ProbeSettings, 'apiUrl' | 'timeoutMs'> {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const readyBody = z.object({ status: z.literal('ready') });

/**
 * Asks the service through its public URL whether it is ready, as a client would, and writes the result into
 * the metrics and one log line. A service that is down is a result, so nothing is thrown.
 */
export function createProbe({ apiUrl, timeoutMs, logger, metrics }: ProbeDependencies): () => Promise<void> {
  const url = new URL('ready', apiUrl);

  return async () => {
    const start = performance.now();
    const reason = await withDeadline(timeoutMs, (signal) => complaint(url, signal)).catch(reasonOf);
    const latencyMs = performance.now() - start;
    metrics.addMetric(METRIC.probeSuccess, MetricUnit.Count, reason ? 0 : 1);
    // How long a refusal or a timeout takes says nothing about latency.
    if (!reason) metrics.addMetric(METRIC.probeLatency, MetricUnit.Milliseconds, latencyMs);
    metrics.publishStoredMetrics();
    const line = { url: url.href, latency_ms: round(latencyMs) };
    if (reason) logger.error('probe', { ...line, success: false, reason });
    else logger.info('probe', { ...line, success: true });
  };
}

/** @returns what is wrong with the answer, or undefined if nothing is. */
async function complaint(url: URL, signal: AbortSignal): Promise<string | undefined> {
  // The process is frozen between two runs, and a connection that was kept open would be dead by then.
  const response = await fetch(url, { signal, headers: { connection: 'close' } });
  const text = await response.text();
  const isReady = response.status === 200 && jsonOf(readyBody, text) !== undefined;
  if (isReady) return undefined;
  return `expected status 200 and "ready", got ${response.status}: ${text.slice(0, 300) || 'nothing'}`;
}

/** The errors of fetch say what happened in their cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
