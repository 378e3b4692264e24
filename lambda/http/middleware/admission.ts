import type { MiddlewareHandler } from 'hono';
import { ServiceError } from '../../errors.ts';
import type { AppEnv } from '../context.ts';

/**
 * Takes in at most `maxInFlight` requests at a time and refuses the rest before a byte of their bodies is read, so that
 * memory is bounded whatever the number of clients.
 */
export function admission(maxInFlight: number): MiddlewareHandler<AppEnv> {
  let inFlight = 0;
  return async (_c, next) => {
    if (inFlight >= maxInFlight) {
      throw new ServiceError(
        'overloaded',
        `The service takes in ${maxInFlight} predictions at a time. Try again.`,
        {
          retryAfterSeconds: 1,
        },
      );
    }
    inFlight += 1;
    try {
      await next();
    } finally {
      inFlight -= 1;
    }
  };
}
