import type { MiddlewareHandler } from 'hono';
import type { Gate } from '../../budget/gate.ts';
import { ServiceError } from '../../errors.ts';
import type { AppEnv } from '../context.ts';

/** What clients are told to wait at most. */
const MAX_RETRY_AFTER_SECONDS = 5;

/**
 * Refuses predictions before a byte of their bodies is read while there is a queue already. A refusal is cheap,
 * so that a service under more load than it can serve keeps serving as much as it can. The more are refused, the later
 * they are told to come again: else refusing would take a tenth of the processor time (`npm run bench:overload`).
 */
export function admission({ capacity, hasQueue }: Gate): MiddlewareHandler<AppEnv> {
  const refusalRate = createRate();
  // Each made once: the stack of an error takes longer than all the rest of a refusal.
  const refusals = Array.from(
    { length: MAX_RETRY_AFTER_SECONDS },
    (_, index) =>
      new ServiceError('overloaded', `The service already works on ${capacity} images. Try again.`, {
        retryAfterSeconds: index + 1,
      }),
  );
  return async (_c, next) => {
    if (hasQueue()) {
      const extraSeconds = Math.ceil(refusalRate() / (capacity / 2));
      throw refusals[Math.min(extraSeconds, MAX_RETRY_AFTER_SECONDS - 1)];
    }
    await next();
  };
}

/** @returns a function that counts its calls, and gives their number in the last whole second. */
function createRate(): () => number {
  let second = 0;
  let count = 0;
  let last = 0;
  return () => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) {
      last = now === second + 1 ? count : 0;
      second = now;
      count = 0;
    }
    count += 1;
    return last;
  };
}
