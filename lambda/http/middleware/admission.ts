import type { MiddlewareHandler } from 'hono';
import type { Gate } from '../../budget/gate.ts';
import { ServiceError } from '../../errors.ts';
import type { AppEnv } from '../context.ts';

/** With 200 clients that come again every second, refusing takes a tenth of the processor time that serving needs. */
const RETRY_AFTER_SECONDS = 2;

/**
 * Refuses predictions before a byte of their bodies is read while there is a queue already. A refusal is cheap,
 * so that a service under more load than it can serve keeps serving as much as it can.
 */
export function admission({ capacity, hasQueue }: Gate): MiddlewareHandler<AppEnv> {
  // Made once: the stack of an error takes longer than all the rest of a refusal.
  const refusal = new ServiceError(
    'overloaded',
    `The service already works on ${capacity} images. Try again.`,
    {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    },
  );
  return async (_c, next) => {
    if (hasQueue()) throw refusal;
    await next();
  };
}
