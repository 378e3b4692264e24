import type { MiddlewareHandler } from 'hono';
import { ServiceError } from '../../errors.ts';
import type { AppEnv } from '../context.ts';

/**
 * Refuses a `#` in the target of a request. Browsers never send one. URL parsers take what follows as a
 * fragment and drop it, so `/predict#?top_k=3` would lose its query.
 */
export function refuseFragments(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (c.req.url.includes('#')) {
      throw new ServiceError('invalid_request', 'Expected a path and a query without #. Write it as %23.');
    }
    await next();
  };
}
