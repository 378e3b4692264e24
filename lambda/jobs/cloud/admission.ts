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
  /**
   * Does the work that starts a job. It has its place at once, and gives it back if the work fails.
   *
   * @throws ServiceError `overloaded` if as many jobs run as may; what the work throws.
   */
  admit<Result>(start: () => Promise<Result>): Promise<Result>;
}

/** The running jobs at a moment, and those that were started since. */
interface Count {
  readonly at: number;
  readonly running: Promise<number>;
  started: number;
}

/**
 * Refuses jobs while too many run. The count is a few seconds old and does not know of jobs that other execution
 * environments have just started, so a few more may run. Without an answer of Step Functions the last count holds: one
 * more question would be refused too.
 *
 * @param now milliseconds. @default Date.now
 */
export function createAdmission(executions: Executions, now: () => number = Date.now): Admission {
  let count: Count | undefined;

  async function countNow(last: Count | undefined): Promise<number> {
    const startedUntilNow = last?.started ?? 0;
    try {
      let running = 0;
      for await (const _ of executions.running()) {
        running += 1;
        if (running >= MOST_RUNNING_JOBS) break;
      }
      return running;
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'overloaded')
        return last ? (await last.running) + startedUntilNow : 0;
      throw error;
    }
  }

  function currentCount(): Count {
    if (count && now() - count.at <= COUNTED_FOR_MS) return count;
    const running = countNow(count);
    const current: Count = { at: now(), running, started: 0 };
    count = current;
    // The next job counts again.
    running.catch(() => {
      if (count === current) count = undefined;
    });
    return current;
  }

  return {
    async admit(start) {
      const current = currentCount();
      if ((await current.running) + current.started >= MOST_RUNNING_JOBS) {
        throw new ServiceError(
          'overloaded',
          `At most ${MOST_RUNNING_JOBS} jobs run at the same time. Try again.`,
          { retryAfterSeconds: RETRY_AFTER_SECONDS },
        );
      }
      current.started += 1;
      try {
        return await start();
      } catch (error) {
        current.started -= 1;
        throw error;
      }
    },
  };
}
