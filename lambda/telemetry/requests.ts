import type { ErrorCode, ServiceError } from '../errors.ts';
import type { ImageInfo } from '../images/decode.ts';

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
  /** How many images became embeddings, which are not predictions. */
  embeddings?: number;
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
  /** Uploads or jobs cannot be used, or some work of theirs had to stop. */
  | { readonly kind: 'jobs_failed'; readonly reason: string }
  /** An attempt to tell a receiver the end of a job. */
  | {
      readonly kind: 'webhook_failed';
      readonly jobId: string;
      /** Such as `job.succeeded`. */
      readonly type: string;
      /** Without its query. */
      readonly url: string;
      readonly outcome: 'failed' | 'gone';
      readonly reason: string | undefined;
    }
  /** New uploads or jobs are refused, because there is no room for them. */
  | { readonly kind: 'jobs_refused'; readonly reason: string }
  /** Jobs that waited for room go on. */
  | { readonly kind: 'jobs_resumed' }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'stopped' };

/** What is recorded. */
export interface Events {
  /** Of a finished request. */
  recordRequest(record: RequestRecord, outcome: RequestOutcome): void;
  recordRefusal(refusal: Refusal): void;
  /** @param blockedMs milliseconds for which the event loop was blocked. */
  recordBlock(blockedMs: number): void;
  /** Images of the sample that were not captured. */
  recordCaptureLoss(loss: CaptureLoss): void;
  recordLifecycle(event: LifecycleEvent): void;
}

/** What the service tells what happens. */
export interface Observability extends Events {
  /** CPU time of the process so far, or undefined if no metric needs it: reading it takes 0.1 ms. */
  cpuUsage(): NodeJS.CpuUsage | undefined;
}

/** A place where events go: a log, a terminal, metrics. It takes those that it shows. */
export interface Sink extends Partial<Events> {
  /** Whether it needs the CPU time of each request. @default false */
  readonly needsCpuUsage?: boolean;
}

/** Whether a route runs a model. */
export const isPrediction = (route: string): boolean =>
  route.startsWith('/predict') || route === '/embed' || route.endsWith('/infer');

/** The routes of the API, without the check of a model: `/v2/models/:name/ready`. */
const API = /^\/(?:predict|embed|uploads|jobs|models?|v2)(?:\/|$)/;
const CHECK = /^\/v2\/(?:.+\/)?(?:live|ready)$/;

/**
 * Whether a request was one to the API, or to a path or method that does not exist. The files of the pages,
 * preflights, checks, scrapes and the live view are not: their numbers say nothing about the use of the service.
 * The rules and the dashboard in `monitoring/` select the same routes.
 */
export const isApiRequest = (route: string): boolean =>
  route === 'unmatched' || (API.test(route) && !CHECK.test(route));

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
