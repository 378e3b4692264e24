import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { AuthKind, Config } from '../../config.ts';
import type { AppEnv } from '../context.ts';
import { COUNT_HEADER, DIMENSIONS_HEADER } from '../embedding/answer.ts';
import { IDEMPOTENCY_KEY } from '../jobs/idempotency-key.ts';
import { NO_CAPTURE } from '../offer-images.ts';
import { HEADER_LENGTH } from '../v2/request/header-length.ts';

/** The longest that Chromium caches the answer to a preflight. Other browsers have their own limits. */
const MAX_AGE_SECONDS = 7200;

const API_KEY = ['x-api-key'];

/** The headers that prove who calls, by what the gateway requires. */
const CREDENTIAL_HEADERS = {
  unknown: API_KEY,
  'api-key': API_KEY,
  iam: ['authorization', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'],
  jwt: ['authorization'],
} as const satisfies Record<AuthKind | 'unknown', readonly string[]>;

/**
 * Lets pages of the given origins call the API, and answers their preflights, on every path. Credentials are
 * never allowed: the API has no cookies, and keys, signatures and tokens are headers that the page sets
 * itself. `Cross-Origin-Resource-Policy` does not block such calls: browsers check it only for requests
 * without CORS, such as `<img>`.
 */
export function crossOrigin(
  origins: '*' | readonly string[],
  auth: Config['auth'],
): MiddlewareHandler<AppEnv> {
  const addHeaders = cors({
    origin: origins === '*' ? origins : [...origins],
    allowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
    allowHeaders: [
      'content-type',
      'content-encoding',
      ...CREDENTIAL_HEADERS[auth ?? 'unknown'],
      'x-request-id',
      IDEMPOTENCY_KEY,
      NO_CAPTURE,
      HEADER_LENGTH,
    ],
    exposeHeaders: [
      'x-request-id',
      'retry-after',
      'location',
      'link',
      HEADER_LENGTH,
      DIMENSIONS_HEADER,
      COUNT_HEADER,
    ],
    maxAge: MAX_AGE_SECONDS,
  });
  // It would answer any OPTIONS as a preflight. One that is none gets the answer of its path.
  return async (c, next) =>
    c.req.method === 'OPTIONS' && !isPreflight(c.req.raw.headers) ? next() : addHeaders(c, next);
}

const isPreflight = (headers: Headers): boolean =>
  headers.has('origin') && headers.has('access-control-request-method');
