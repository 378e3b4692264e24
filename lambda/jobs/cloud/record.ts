import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Config } from '../../config.ts';
import { JOB_METRIC } from '../../telemetry/names.ts';
import { createLogger, createMetrics } from '../../telemetry/powertools.ts';
import { round } from '../../telemetry/requests.ts';
import { lengthOf } from './ranges.ts';
import type { BatchRecord } from './work/worker.ts';

/** Writes a line of the log and the metrics for each batch. */
export function batchRecorder(
  config: Pick<Config, 'stage' | 'logLevel' | 'metrics'>,
): (batch: BatchRecord) => void {
  const logger = createLogger(config);
  const metrics = config.metrics ? createMetrics(config.stage) : undefined;
  return ({ jobId, range, failures, durationMs }) => {
    const [first, last] = range;
    const inputs = lengthOf(range);
    const failed = [...failures.values()].reduce((sum, count) => sum + count, 0);
    logger.info('batch', {
      job_id: jobId,
      first,
      last,
      inputs,
      failed,
      ...(failed > 0 ? { codes: Object.fromEntries(failures) } : {}),
      duration_ms: round(durationMs),
    });
    metrics?.addMetric(JOB_METRIC.inputs, MetricUnit.Count, inputs);
    metrics?.addMetric(JOB_METRIC.inputFailures, MetricUnit.Count, failed);
    metrics?.publishStoredMetrics();
  };
}

/** Writes the age of the oldest job. */
export function ageRecorder(stage: string): (minutes: number) => void {
  const metrics = createMetrics(stage);
  return (minutes) => {
    // CloudWatch has no unit for minutes.
    metrics.addMetric(JOB_METRIC.oldestMinutes, MetricUnit.NoUnit, round(minutes));
    metrics.publishStoredMetrics();
  };
}
