import type { MiddlewareHandler } from 'hono';
import type { Gate } from '../../budget/gate.ts';
import { ServiceError } from '../../errors.ts';
import type { AppEnv } from '../context.ts';

/**
 * Refuses predictions before a byte of their bodies is read while there is a queue already. A refusal is cheap,
 * so that a service under more load than it can serve keeps serving as much as it can.
 */
export function admission({ capacity, hasQueue }: Gate): MiddlewareHandler<AppEnv> {
  return async (_c, next) => {
    if (hasQueue()) {
      throw new ServiceError('overloaded', `The service takes in ${capacity} images at a time.`, {
        retryAfterSeconds: 1,
      });
    }
    await next();
  };
}
