import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { AppEnv } from '../context.ts';

/** The longest that Chromium caches the answer to a preflight. Other browsers have their own limits. */
const MAX_AGE_SECONDS = 7200;

/**
 * Lets pages of the given origins call the API, and answers their preflights, on every path. Credentials are
 * never allowed: the API has no cookies, and an API key is a header. `Cross-Origin-Resource-Policy` does not
 * block such calls: browsers check it only for requests without CORS, such as `<img>`.
 */
export function crossOrigin(origins: '*' | readonly string[]): MiddlewareHandler<AppEnv> {
  const addHeaders = cors({
    origin: origins === '*' ? origins : [...origins],
    allowMethods: ['GET', 'POST'],
    allowHeaders: ['content-type', 'x-api-key', 'x-request-id'],
    exposeHeaders: ['x-request-id', 'retry-after'],
    maxAge: MAX_AGE_SECONDS,
  });
  // It would answer any OPTIONS as a preflight. One that is none gets the answer of its path.
  return async (c, next) =>
    c.req.method === 'OPTIONS' && !isPreflight(c.req.raw.headers) ? next() : addHeaders(c, next);
}

const isPreflight = (headers: Headers): boolean =>
  headers.has('origin') && headers.has('access-control-request-method');
