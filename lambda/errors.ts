/**
 * Every kind of error by its `code`, with its HTTP status and the title that clients see. Codes are part of
 * the public API: never rename one or change its meaning. Adding one is a minor version. Only API Gateway
 * sends `rate_limited` and `gateway_timeout`. `unauthorized` and `forbidden` come from it too, and from the live
 * view and the metrics of the HTTP server.
 */
export const ERROR_KINDS = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  unauthorized: { status: 401, title: 'Credentials are missing or not valid' },
  forbidden: { status: 403, title: 'Access denied' },
  url_not_allowed: { status: 403, title: 'The URL is not allowed' },
  source_not_allowed: { status: 403, title: 'The bucket is not allowed' },
  not_found: { status: 404, title: 'There is nothing at this path' },
  model_not_found: { status: 404, title: 'There is no such model' },
  upload_not_found: { status: 404, title: 'There is no such upload' },
  job_not_found: { status: 404, title: 'There is no such job' },
  method_not_allowed: { status: 405, title: 'The method is not allowed' },
  request_timeout: { status: 408, title: 'The request arrived too slowly' },
  results_not_ready: { status: 409, title: 'The job has no results yet' },
  image_too_large: { status: 413, title: 'The image has too many bytes' },
  unsupported_media_type: { status: 415, title: 'The image format is not supported' },
  expectation_failed: { status: 417, title: 'The expectation is not supported' },
  unsupported_by_model: { status: 422, title: 'The model does not support this' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key belongs to another request' },
  invalid_image: { status: 422, title: 'The image cannot be decoded' },
  too_many_pixels: { status: 422, title: 'The image has too many pixels' },
  decode_too_costly: { status: 422, title: 'The image is too costly to decode' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The request headers are too large' },
  internal: { status: 500, title: 'The service failed' },
  url_fetch_failed: { status: 502, title: 'The URL could not be fetched' },
  overloaded: { status: 503, title: 'The service is busy' },
  not_ready: { status: 503, title: 'The service is not ready' },
  storage_full: { status: 507, title: 'There is no room left' },
  deadline_exceeded: { status: 504, title: 'The request took too long' },
  gateway_timeout: { status: 504, title: 'The service took too long to answer' },
  url_timeout: { status: 504, title: 'The URL took too long to answer' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERROR_KINDS;

/** One thing that is wrong with a request: where it is (`query.top_k`) and what was expected there. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export interface ServiceErrorOptions {
  /** What went wrong inside. It is logged with its own causes and never sent to a client. */
  readonly cause?: unknown;
  readonly fields?: readonly FieldError[];
  /** Sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Sent as `Allow`. */
  readonly allow?: readonly string[];
  /** Sent as `WWW-Authenticate`. */
  readonly challenge?: string;
}

/**
 * The only error that reaches clients. They see its `detail`: what was expected and what came, in our own
 * words. A library's message, a path or a stack trace belongs in `cause`.
 *
 * @example throw new ServiceError('image_too_large', 'Expected at most 4.5 MB, got 6.1 MB.');
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: ErrorCode;
  readonly detail: string;
  readonly fields: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly allow: readonly string[] | undefined;
  readonly challenge: string | undefined;

  constructor(code: ErrorCode, detail: string, options: ServiceErrorOptions = {}) {
    super(`${code}: ${detail}`, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.detail = detail;
    this.fields = options.fields;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.allow = options.allow;
    this.challenge = options.challenge;
  }

  get status(): (typeof ERROR_KINDS)[ErrorCode]['status'] {
    return ERROR_KINDS[this.code].status;
  }

  get title(): string {
    return ERROR_KINDS[this.code].title;
  }

  /** The error itself, or `internal` with the error as its cause if it is not a ServiceError. */
  static from(error: unknown): ServiceError {
    if (error instanceof ServiceError) return error;
    return new ServiceError(
      'internal',
      'An unexpected error occurred. Quote the request id when you report it.',
      {
        cause: error,
      },
    );
  }
}
