import type { Config } from '../../config.ts';
import { ERROR_KINDS } from '../../errors.ts';
import { levelOf } from '../level.ts';
import { createLogger } from '../powertools.ts';
import {
  type ClassifiedImage,
  type RequestOutcome,
  type RequestRecord,
  round,
  type Sink,
} from '../requests.ts';
import { createMetricsWriter } from './metrics.ts';

/**
 * JSON lines and CloudWatch metrics on standard output, as production needs them.
 *
 * @param initMs milliseconds from the start of the process until it was ready for its first request. Called
 *   once, with that request.
 */
export function createLogSink(config: Config, initMs: () => number): Required<Sink> {
  const logger = createLogger(config);
  const metrics = config.metrics ? createMetricsWriter(config, initMs) : undefined;
  let served = 0;
  let blocks = 0;

  return {
    needsCpuUsage: metrics !== undefined,
    recordRequest(record, outcome) {
      const isFirst = served === 0;
      served += 1;
      const coldStart = isFirst && !config.lambda?.provisioned;
      const line = logLine(record, outcome, coldStart);
      const level = levelOf(outcome, record.error);
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
        case 'jobs_failed':
          return logger.error('A problem with uploads or jobs', { reason: event.reason });
        case 'webhook_failed': {
          const { jobId: job_id, type, url, outcome, reason } = event;
          return logger.warn('webhook', { job_id, type, url, outcome, ...(reason ? { reason } : {}) });
        }
        case 'jobs_refused':
          return logger.warn('Uploads or jobs are refused', { reason: event.reason });
        case 'jobs_resumed':
          return logger.info('Jobs go on, because there is room again');
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
    ...(record.embeddings === undefined ? {} : { embeddings: record.embeddings }),
    ...(error ? { code: error.code, title: ERROR_KINDS[error.code].title, detail: error.detail } : {}),
    ...(error && levelOf(outcome, error) !== 'error' && error.cause instanceof Error
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
