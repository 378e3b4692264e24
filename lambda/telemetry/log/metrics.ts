import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Config } from '../../config.ts';
import { LOW_CONFIDENCE_BELOW, METRIC, SERVER_METRIC } from '../names.ts';
import { createMetrics } from '../powertools.ts';
import { type ClassifiedImage, isPrediction, type RequestOutcome, type RequestRecord } from '../requests.ts';
import { residentBytes } from '../resident-memory.ts';

export interface RequestStart {
  /** Whether this is the first request of the process. */
  readonly isFirst: boolean;
  /** Whether the request waited for the process to start. */
  readonly coldStart: boolean;
}

export interface MetricsWriter {
  writeRequest(record: RequestRecord, outcome: RequestOutcome, start: RequestStart): void;
  /** Counts a time in which the event loop was blocked. */
  writeBlock(): void;
}

/** Writes the metrics of each request, in embedded metric format, to standard output. */
export function createMetricsWriter(config: Config, initMs: () => number): MetricsWriter {
  const metrics = createMetrics(config.stage);
  const { Bytes, Count, Milliseconds, NoUnit, Percent } = MetricUnit;

  function addImages(images: readonly ClassifiedImage[]): void {
    if (images.length === 0) return;
    metrics.addMetric(METRIC.predictions, Count, images.length);
    metrics.addMetadata('format', images.map((image) => image.format).join(','));
    metrics.addMetadata('class_index', images.map((image) => image.topIndex).join(','));
    for (const image of images) {
      const isLow = image.topProbability < LOW_CONFIDENCE_BELOW;
      metrics.addMetric(METRIC.imageBytes, Bytes, image.bytes);
      metrics.addMetric(METRIC.topProbability, NoUnit, image.topProbability);
      metrics.addMetric(METRIC.lowConfidence, Count, isLow ? 1 : 0);
    }
  }

  return {
    writeRequest(record, { route, status, model, latencyMs }, { isFirst, coldStart }) {
      const { decodeMs, inferenceMs, cpuAtStart } = record;
      // Fields, not dimensions: CloudWatch bills each value of a dimension as a metric.
      if (model) {
        metrics.addMetadata('model', model.name);
        metrics.addMetadata('model_version', model.version);
      }
      metrics.addMetadata('request_id', record.requestId);
      metrics.addMetadata('route', route);
      metrics.addMetric(METRIC.errors, Count, status >= 500 ? 1 : 0);
      metrics.addMetric(METRIC.clientErrors, Count, status >= 400 && status < 500 ? 1 : 0);
      // Predictions only: health checks would lower the percentiles.
      if (isPrediction(route)) metrics.addMetric(METRIC.latency, Milliseconds, latencyMs);
      if (decodeMs !== undefined) metrics.addMetric(METRIC.decodeLatency, Milliseconds, decodeMs);
      if (inferenceMs !== undefined) metrics.addMetric(METRIC.inferenceLatency, Milliseconds, inferenceMs);
      addImages(record.images);
      if (record.tensors !== undefined) metrics.addMetric(METRIC.predictions, Count, record.tensors);
      metrics.addMetric(METRIC.coldStart, Count, coldStart ? 1 : 0);
      if (isFirst) metrics.addMetric(METRIC.initDuration, Milliseconds, initMs());
      // A health check is over before it uses CPU, and a fetch waits for another server.
      if (cpuAtStart && isPrediction(route) && route !== '/predict/url') {
        metrics.addMetric(METRIC.cpuUtilization, Percent, cpuPercent(cpuAtStart, latencyMs, config.vcpus));
      }
      metrics.addMetric(METRIC.memoryUtilization, Percent, memoryPercent(config.memoryLimitBytes));
      metrics.publishStoredMetrics();
    },
    writeBlock() {
      metrics.addMetric(SERVER_METRIC.eventLoopBlocks, Count, 1);
      metrics.publishStoredMetrics();
    },
  };
}

/** CPU time of the process over the request, as a share of the vCPUs that it may use. */
function cpuPercent(start: NodeJS.CpuUsage, latencyMs: number, vcpus: number): number {
  const { user, system } = process.cpuUsage(start);
  return Math.min(100, (100 * (user + system)) / 1000 / (latencyMs * vcpus));
}

/** Resident memory as a share of what the process may use. */
function memoryPercent(limitBytes: number): number {
  return (100 * residentBytes()) / limitBytes;
}
