import { ServiceError } from '../../errors.ts';
import type { Executions } from './executions/executions.ts';

/**
 * Jobs of a stage that run at the same time. Each may have as many batches waiting as there are workers, and Step
 * Functions bills each attempt of a batch to find a free one: docs/cost.md, "What a flood can cost".
 */
export const MOST_RUNNING_JOBS = 200;

/** Step Functions lists executions five times a second for an account, in some regions twice. */
const COUNTED_FOR_MS = 10_000;
const RETRY_AFTER_SECONDS = 30;

export interface Admission {
  /** @throws ServiceError `overloaded` if as many jobs run as may. */
  admit(): Promise<void>;
}

/**
 * Refuses jobs while too many run. The count is a few seconds old and does not know of jobs that other execution
 * environments have just started, so a few more may run.
 *
 * @param now milliseconds. @default Date.now
 */
export function createAdmission(executions: Executions, now: () => number = Date.now): Admission {
  let countedAt = Number.NEGATIVE_INFINITY;
  let counting: Promise<number> | undefined;
  let startedSince = 0;

  const count = async (): Promise<number> => {
    let running = 0;
    for await (const _ of executions.running()) {
      running += 1;
      if (running >= MOST_RUNNING_JOBS) break;
    }
    return running;
  };

  return {
    async admit() {
      if (!counting || now() - countedAt > COUNTED_FOR_MS) {
        countedAt = now();
        startedSince = 0;
        counting = count().catch((error: unknown) => {
          // The next job counts again.
          counting = undefined;
          throw error;
        });
      }
      if ((await counting) + startedSince >= MOST_RUNNING_JOBS) {
        throw new ServiceError(
          'overloaded',
          `At most ${MOST_RUNNING_JOBS} jobs run at the same time. Try again.`,
          {
            retryAfterSeconds: RETRY_AFTER_SECONDS,
          },
        );
      }
      startedSince += 1;
    },
  };
}
