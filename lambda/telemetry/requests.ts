import type { Config } from '../config.ts';
import { ERROR_KINDS, type ErrorCode, type ServiceError } from '../errors.ts';
import type { ImageInfo } from '../images/decode.ts';
import { levelOf } from './level.ts';
import { createMetricsWriter } from './metrics.ts';
import { createLogger } from './powertools.ts';

export interface ClassifiedImage extends ImageInfo {
  readonly topIndex: number;
  readonly topLabel: string;
  readonly topProbability: number;
}

export interface ModelName {
  readonly name: string;
  readonly version: string;
}

/** What is known about one request; grows while the request is served. */
export interface RequestRecord {
  readonly requestId: string;
  readonly functionRequestId: string | undefined;
  readonly method: string;
  /** As it was sent, without the query. Only for a person: a log or a metric takes the pattern of the route. */
  readonly path: string;
  /** `performance.now()` when the request came in. */
  readonly startedAt: number;
  /** CPU time of the process at that moment; undefined if no metric needs it. */
  readonly cpuAtStart: NodeJS.CpuUsage | undefined;
  /** The model that the request chose. Undefined if it has not got so far. */
  model?: ModelName | undefined;
  /** Without its query, which may hold credentials. */
  sourceUrl?: string;
  images: readonly ClassifiedImage[];
  /** How many images came as tensors. Nothing else is known of them. */
  tensors?: number;
  /** The codes of the images of a batch that failed. */
  failedImages?: readonly ErrorCode[];
  decodeMs?: number;
  inferenceMs?: number;
  error?: ServiceError;
}

export interface RequestOutcome {
  /** The pattern of the route, never the path as sent, so that there are few values. */
  readonly route: string;
  readonly status: number;
  /** The model that the request chose, or the default. Undefined until that is known. */
  readonly model: ModelName | undefined;
  /** Milliseconds from the start of the request to its answer. */
  readonly latencyMs: number;
}

/** A request or a connection that the HTTP server refused before it reached the app. */
export interface Refusal {
  readonly requestId: string;
  readonly error: ServiceError;
  readonly clientAddress: string | undefined;
}

/** Images of the sample that were not stored, since the last time that some were reported. */
export interface CaptureLoss {
  /** S3 did not take them. */
  readonly failed: number;
  /** Nothing was sent, because too many were being stored or the memory was in use. */
  readonly skipped: number;
  /** Why the last one was not stored. */
  readonly reason: string;
}

/** What the service loads. */
export type LoadedPart = 'model' | 'image decoder';

/** What the process does apart from serving requests. */
export type LifecycleEvent =
  | {
      readonly kind: 'ready';
      readonly url: string;
      /** Name and version. */
      readonly model: string;
      readonly threads: number;
      readonly memoryMiB: number;
    }
  /** A model after the default one. */
  | { readonly kind: 'model_loaded'; readonly model: string }
  | { readonly kind: 'load_failed'; readonly part: LoadedPart; readonly reason: string }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'stopped' };

export interface Observability {
  /** CPU time of the process so far, or undefined if no metric needs it: reading it takes 0.1 ms. */
  cpuUsage(): NodeJS.CpuUsage | undefined;
  /** Writes one log line and one set of metrics for a finished request. */
  recordRequest(record: RequestRecord, outcome: RequestOutcome): void;
  recordRefusal(refusal: Refusal): void;
  /** Writes a log line and a metric for a time, in milliseconds, in which the event loop was blocked. */
  recordBlock(blockedMs: number): void;
  /** Writes a log line about images of the sample that were not captured. */
  recordCaptureLoss(loss: CaptureLoss): void;
  recordLifecycle(event: LifecycleEvent): void;
}

/**
 * JSON lines and CloudWatch metrics on standard output, as production needs them.
 *
 * @param initMs milliseconds from the start of the process until it was ready for its first request. Called
 *   once, with that request.
 */
export function createObservability(config: Config, initMs: () => number): Observability {
  const logger = createLogger(config);
  const metrics = config.metrics ? createMetricsWriter(config, initMs) : undefined;
  let served = 0;
  let blocks = 0;

  return {
    cpuUsage: () => (metrics ? process.cpuUsage() : undefined),
    recordRequest(record, outcome) {
      const isFirst = served === 0;
      served += 1;
      const coldStart = isFirst && !config.lambda?.provisioned;
      const line = logLine(record, outcome, coldStart);
      const level = levelOf(outcome.status, record.error);
      if (level === 'error' && record.error) logger.error('request', { ...line, error: record.error });
      else logger[level]('request', line);
      metrics?.writeRequest(record, outcome, { isFirst, coldStart });
    },
    recordRefusal({ requestId, error, clientAddress }) {
      const { code, status, detail } = error;
      logger.info('refused', { request_id: requestId, status, code, detail, client_address: clientAddress });
    },
    recordBlock(blockedMs) {
      blocks += 1;
      logger.warn('The event loop was blocked', { blocked_ms: round(blockedMs), blocks });
      metrics?.writeBlock();
    },
    recordCaptureLoss({ failed, skipped, reason }) {
      logger.warn('Images were not captured', { failed, skipped, reason });
    },
    recordLifecycle(event) {
      switch (event.kind) {
        case 'ready': {
          const { url, model, threads, memoryMiB } = event;
          return logger.info(`Ready on ${url}`, { model, threads, memory_mib: memoryMiB });
        }
        case 'model_loaded':
          return logger.info('Another model is loaded', { model: event.model });
        case 'load_failed':
          return logger.critical(`The ${event.part} could not be loaded`, { reason: event.reason });
        case 'stopping':
          return logger.info('Stopping: requests in flight are answered first');
        case 'stopped':
          return logger.info('Stopped');
      }
    },
  };
}

function logLine(record: RequestRecord, outcome: RequestOutcome, coldStart: boolean) {
  const { error, images } = record;
  const { route, status, model, latencyMs } = outcome;
  return {
    request_id: record.requestId,
    ...(record.functionRequestId ? { function_request_id: record.functionRequestId } : {}),
    method: record.method,
    route,
    status,
    latency_ms: round(latencyMs),
    cold_start: coldStart,
    ...(model ? { model: model.name, model_version: model.version } : {}),
    ...(record.sourceUrl ? { source_url: record.sourceUrl } : {}),
    ...(record.decodeMs === undefined ? {} : { decode_ms: round(record.decodeMs) }),
    ...(record.inferenceMs === undefined ? {} : { inference_ms: round(record.inferenceMs) }),
    ...(images.length > 0 ? { images: images.map(imageLine) } : {}),
    ...(record.tensors === undefined ? {} : { tensors: record.tensors }),
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

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
