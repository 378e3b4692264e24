import { ServiceError } from '../../errors.ts';
import { createHoldings, isWithinShare } from './holdings.ts';

const RETRY_AFTER_SECONDS = 30;

/** Limits the jobs that have not ended, in total and for one client address. */
export interface Slots {
  /** @throws ServiceError `overloaded` if there are as many jobs as there may be */
  require(address: string | undefined): void;
  /** @param address of the client. Undefined if it is not known. */
  take(job: number, address: string | undefined): void;
  /** Does nothing for a job that has none. */
  free(job: number): void;
}

export function createSlots({
  maxJobs,
  addressShare,
}: {
  readonly maxJobs: number;
  readonly addressShare: number;
}): Slots {
  const jobs = createHoldings<number>();
  const refuse = (limit: string): never => {
    throw new ServiceError('overloaded', `${limit} Try again when one has ended, or cancel one.`, {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  };
  return {
    require(address) {
      if (jobs.total() >= maxJobs) refuse(`The service takes at most ${maxJobs} jobs at a time.`);
      if (address === undefined) return;
      const own = jobs.of(address);
      const claim = { own, more: 1, others: jobs.total() - own };
      if (!isWithinShare(claim, { capacity: maxJobs, share: addressShare }))
        refuse(`The service is working on ${own} jobs from your address, which are as many as one may have.`);
    },
    take: (job, address) => jobs.add(job, 1, address),
    free: jobs.remove,
  };
}
