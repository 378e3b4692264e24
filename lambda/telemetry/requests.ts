import type { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Config } from '../config.ts';
import { ERROR_KINDS, type ServiceError } from '../errors.ts';
import type { ImageInfo } from '../images/decode.ts';
import { LOW_CONFIDENCE_BELOW, METRIC, SERVER_METRIC } from './names.ts';
import { createLogger, createMetrics } from './powertools.ts';

export interface ClassifiedImage extends ImageInfo {
  readonly topIndex: number;
  readonly topProbability: number;
}

/** What is known about one request; grows while the request is served. */
export interface RequestRecord {
  readonly requestId: string;
  readonly functionRequestId: string | undefined;
  readonly method: string;
  /** `performance.now()` when the request came in. */
  readonly startedAt: number;
  /** CPU time of the process then; undefined where no metric is made of it. */
  readonly cpuAtStart: NodeJS.CpuUsage | undefined;
  /** Without its query, which may hold credentials. */
  sourceUrl?: string;
  images: readonly ClassifiedImage[];
  decodeMs?: number;
  inferenceMs?: number;
  error?: ServiceError;
}

export interface RequestOutcome {
  /** The route's pattern, never the path as sent: its values stay bounded. */
  readonly route: string;
  readonly status: number;
  readonly modelVersion: string | undefined;
}

/** What the HTTP server refused by itself. */
export interface Refusal {
  readonly requestId: string;
  readonly error: ServiceError;
  readonly clientAddress: string | undefined;
}

export interface Observability {
  readonly logger: Logger;
  /** CPU time of the process so far, where metrics are made of it: asking takes 0.1 ms. */
  cpuUsage(): NodeJS.CpuUsage | undefined;
  /** Writes one log line and one set of metrics for a finished request. */
  recordRequest(record: RequestRecord, outcome: RequestOutcome): void;
  /** Writes a log line for a request, or a connection, that never reached the app. */
  recordRefusal(refusal: Refusal): void;
  /** Writes a log line and a metric for a time in which the event loop stood still, in milliseconds. */
  recordBlock(blockedMs: number): void;
}

/**
 * @param initMs milliseconds from the start of the process until it was ready for its first request; asked for once,
 *   with that request.
 */
export function createObservability(config: Config, initMs: () => number): Observability {
  const logger = createLogger(config);
  const metrics = createMetrics(config.stage);
  let served = 0;
  let blocks = 0;

  function writeMetrics(
    record: RequestRecord,
    outcome: RequestOutcome,
    latencyMs: number,
    first: boolean,
  ): void {
    const { images, decodeMs, inferenceMs } = record;
    const { route, status } = outcome;
    const addMs = (name: string, value: number) => metrics.addMetric(name, MetricUnit.Milliseconds, value);
    if (outcome.modelVersion) metrics.addMetadata('model_version', outcome.modelVersion);
    metrics.addMetadata('request_id', record.requestId);
    metrics.addMetadata('route', route);
    metrics.addMetric(METRIC.errors, MetricUnit.Count, status >= 500 ? 1 : 0);
    metrics.addMetric(METRIC.clientErrors, MetricUnit.Count, status >= 400 && status < 500 ? 1 : 0);
    // Latency is that of predictions: health checks would only make it look good.
    if (route.startsWith('/predict')) addMs(METRIC.latency, latencyMs);
    if (decodeMs !== undefined) addMs(METRIC.decodeLatency, decodeMs);
    if (inferenceMs !== undefined) addMs(METRIC.inferenceLatency, inferenceMs);
    if (images.length > 0) {
      metrics.addMetric(METRIC.predictions, MetricUnit.Count, images.length);
      metrics.addMetadata('format', images.map((image) => image.format).join(','));
      metrics.addMetadata('class_index', images.map((image) => image.topIndex).join(','));
    }
    for (const image of images) {
      metrics.addMetric(METRIC.imageBytes, MetricUnit.Bytes, image.bytes);
      metrics.addMetric(METRIC.topProbability, MetricUnit.NoUnit, image.topProbability);
      const isLow = image.topProbability < LOW_CONFIDENCE_BELOW;
      metrics.addMetric(METRIC.lowConfidence, MetricUnit.Count, isLow ? 1 : 0);
    }
    metrics.addMetric(METRIC.coldStart, MetricUnit.Count, first && !config.lambda?.provisioned ? 1 : 0);
    if (first) addMs(METRIC.initDuration, initMs());
    if (record.cpuAtStart) {
      const percent = cpuPercent(record.cpuAtStart, latencyMs, config.vcpus);
      metrics.addMetric(METRIC.cpuUtilization, MetricUnit.Percent, percent);
    }
    metrics.addMetric(
      METRIC.memoryUtilization,
      MetricUnit.Percent,
      (100 * process.memoryUsage.rss()) / config.memoryLimitBytes,
    );
    metrics.publishStoredMetrics();
  }

  return {
    logger,
    cpuUsage: () => (config.metrics ? process.cpuUsage() : undefined),
    recordRequest(record, outcome) {
      const latencyMs = performance.now() - record.startedAt;
      const first = served === 0;
      served += 1;
      const line = logLine(record, outcome, latencyMs, first && !config.lambda?.provisioned);
      const level = levelOf(outcome.status, record.error);
      if (level === 'error' && record.error) logger.error('request', { ...line, error: record.error });
      else logger[level]('request', line);
      if (config.metrics) writeMetrics(record, outcome, latencyMs, first);
    },
    recordRefusal({ requestId, error, clientAddress }) {
      const { code, status, detail } = error;
      logger.info('refused', { request_id: requestId, status, code, detail, client_address: clientAddress });
    },
    recordBlock(blockedMs) {
      blocks += 1;
      logger.warn('The event loop was blocked', { blocked_ms: round(blockedMs), blocks });
      if (!config.metrics) return;
      metrics.addMetric(SERVER_METRIC.eventLoopBlocks, MetricUnit.Count, 1);
      metrics.publishStoredMetrics();
    },
  };
}

/** Only failures of the service itself are errors, with a stack. */
function levelOf(status: number, error: ServiceError | undefined): 'info' | 'warn' | 'error' {
  if (status < 500) return 'info';
  // Refusals come in hundreds, and their text says all.
  const isRefusal = status === 503 && error?.cause === undefined;
  return isRefusal || isRemoteFailure(error) ? 'warn' : 'error';
}

/** The host of the client's URL could not be found or reached, or did not answer as it should. */
function isRemoteFailure(error: ServiceError | undefined): boolean {
  return error?.code === 'url_fetch_failed' || error?.code === 'url_timeout';
}

function logLine(record: RequestRecord, outcome: RequestOutcome, latencyMs: number, coldStart: boolean) {
  const { error, images } = record;
  const { route, status, modelVersion } = outcome;
  return {
    request_id: record.requestId,
    ...(record.functionRequestId ? { function_request_id: record.functionRequestId } : {}),
    method: record.method,
    route,
    status,
    latency_ms: round(latencyMs),
    cold_start: coldStart,
    ...(modelVersion ? { model_version: modelVersion } : {}),
    ...(record.sourceUrl ? { source_url: record.sourceUrl } : {}),
    ...(record.decodeMs === undefined ? {} : { decode_ms: round(record.decodeMs) }),
    ...(record.inferenceMs === undefined ? {} : { inference_ms: round(record.inferenceMs) }),
    ...(images.length > 0 ? { images: images.map(imageLine) } : {}),
    ...(error ? { code: error.code, title: ERROR_KINDS[error.code].title, detail: error.detail } : {}),
    ...(error && levelOf(status, error) !== 'error' && error.cause instanceof Error
      ? { reason: error.cause.message }
      : {}),
  };
}

function imageLine(image: ClassifiedImage) {
  return {
    format: image.format,
    width: image.width,
    height: image.height,
    bytes: image.bytes,
    top1_index: image.topIndex,
    top1_probability: round(image.topProbability, 4),
  };
}

/** CPU time of the process over the request, as a share of the vCPUs it may use. */
function cpuPercent(start: NodeJS.CpuUsage, latencyMs: number, vcpus: number): number {
  const { user, system } = process.cpuUsage(start);
  return Math.min(100, (100 * (user + system)) / 1000 / (latencyMs * vcpus));
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
