import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { AppEnv } from '../context.ts';

/** The most that Chromium keeps a preflight's answer for; other browsers have caps of their own. */
const MAX_AGE_SECONDS = 7200;

/**
 * Lets pages of the given origins call the API, and answers their preflights, for every path. Credentials are never
 * allowed: the API knows no cookies, and a key is a header. `Cross-Origin-Resource-Policy` does not stand in the way:
 * browsers check it for requests without CORS only, such as `<img>`.
 */
export function crossOrigin(origins: '*' | readonly string[]): MiddlewareHandler<AppEnv> {
  return cors({
    origin: origins === '*' ? origins : [...origins],
    allowMethods: ['GET', 'POST'],
    allowHeaders: ['content-type', 'x-api-key', 'x-request-id'],
    exposeHeaders: ['x-request-id', 'retry-after'],
    maxAge: MAX_AGE_SECONDS,
  });
}
