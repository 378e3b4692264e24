import type { MiddlewareHandler } from 'hono';
import type { Gate } from '../../budget/gate.ts';
import { ServiceError } from '../../errors.ts';
import type { AppEnv } from '../context.ts';

/** The longest that clients are told to wait. */
const MAX_RETRY_AFTER_SECONDS = 5;

/**
 * Refuses predictions while there is a queue, before a byte of their bodies is read. A refusal is cheap, so
 * an overloaded service still serves as much as it can. The more requests are refused, the longer their
 * clients are told to wait: otherwise refusals would take a tenth of the CPU time (`npm run bench:overload`).
 */
export function admission({ capacity, hasQueue }: Gate): MiddlewareHandler<AppEnv> {
  const refusalRate = createRate();
  // Each is made once: the stack of an error takes longer than the rest of a refusal.
  const refusals = Array.from(
    { length: MAX_RETRY_AFTER_SECONDS },
    (_, index) =>
      new ServiceError(
        'overloaded',
        `The service is already working on ${capacity} images. Try again later.`,
        {
          retryAfterSeconds: index + 1,
        },
      ),
  );
  return async (_c, next) => {
    if (hasQueue()) {
      const extraSeconds = Math.ceil(refusalRate() / (capacity / 2));
      throw refusals[Math.min(extraSeconds, MAX_RETRY_AFTER_SECONDS - 1)];
    }
    await next();
  };
}

/** @returns a function that counts its calls, and returns how many there were in the last whole second. */
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
