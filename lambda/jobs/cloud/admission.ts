import { ServiceError } from '../../errors.ts';
import type { Executions } from './executions/executions.ts';
import { type OwnerTag, tagOf } from './owned-id.ts';

/**
 * Jobs of a stage that run at the same time. Each may have as many batches waiting as there are workers, and Step
 * Functions bills each attempt of a batch to find a free one: docs/cost.md, "What a flood can cost".
 */
export const MOST_RUNNING_JOBS = 200;

/** Step Functions lists executions five times a second for an account, in some regions twice. */
const COUNTED_FOR_MS = 10_000;
const RETRY_AFTER_SECONDS = 30;

/** A job may run for a day, so that one caller could hold up all others. */
export const MOST_RUNNING_JOBS_OF_OWNER = MOST_RUNNING_JOBS / 2;

export interface Admission {
  /**
   * Does the work that starts a job. It has its place at once, and gives it back if the work fails.
   *
   * @throws ServiceError `overloaded` if as many jobs run as may, of all callers or of this one; what the work throws.
   */
  admit<Result>(owner: OwnerTag, start: () => Promise<Result>): Promise<Result>;
}

/** How many jobs run, and whose. */
class Places {
  readonly #of = new Map<OwnerTag, number>();
  all = 0;

  add(owner: OwnerTag, count: number): void {
    this.all += count;
    this.#of.set(owner, this.of(owner) + count);
  }

  of(owner: OwnerTag): number {
    return this.#of.get(owner) ?? 0;
  }

  addAll(others: Places): void {
    for (const [owner, count] of others.#of) this.add(owner, count);
  }
}

function sumOf(...places: readonly Places[]): Places {
  const sum = new Places();
  for (const each of places) sum.addAll(each);
  return sum;
}

const full = (detail: string): ServiceError =>
  new ServiceError('overloaded', detail, { retryAfterSeconds: RETRY_AFTER_SECONDS });

/** The running jobs at a moment, and those that were started since. */
interface Count {
  readonly at: number;
  readonly running: Promise<Places>;
  readonly started: Places;
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

  async function countNow(last: Count | undefined): Promise<Places> {
    try {
      const running = new Places();
      for await (const { name } of executions.running()) {
        running.add(tagOf(name), 1);
        if (running.all >= MOST_RUNNING_JOBS) break;
      }
      return running;
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'overloaded')
        return last ? sumOf(await last.running, last.started) : new Places();
      throw error;
    }
  }

  function currentCount(): Count {
    if (count && now() - count.at <= COUNTED_FOR_MS) return count;
    const running = countNow(count);
    const current: Count = { at: now(), running, started: new Places() };
    count = current;
    // The next job counts again.
    running.catch(() => {
      if (count === current) count = undefined;
    });
    return current;
  }

  return {
    async admit(owner, start) {
      const current = currentCount();
      const running = await current.running;
      const { started } = current;
      if (running.all + started.all >= MOST_RUNNING_JOBS) {
        throw full(`At most ${MOST_RUNNING_JOBS} jobs run at the same time. Try again.`);
      }
      if (running.of(owner) + started.of(owner) >= MOST_RUNNING_JOBS_OF_OWNER) {
        throw full(`At most ${MOST_RUNNING_JOBS_OF_OWNER} jobs of a caller run at the same time. Try again.`);
      }
      started.add(owner, 1);
      try {
        return await start();
      } catch (error) {
        started.add(owner, -1);
        throw error;
      }
    },
  };
}
