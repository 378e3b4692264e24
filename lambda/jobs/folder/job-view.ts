import { isFinal, type Job } from '../engine.ts';
import type { StoredJob } from './store/jobs.ts';

export const DAY_MS = 86_400_000;

export interface ViewOptions {
  /** Ends with a slash. */
  readonly baseUrl: string;
  readonly keepDays: number;
  /** Why an unfinished job does not go on at the moment. */
  readonly pauseReason: string | undefined;
}

/** A job as the API shows it. */
export function jobView(stored: StoredJob, { baseUrl, keepDays, pauseReason }: ViewOptions): Job {
  const { id, status, total, succeeded, failed, finishedAt } = stored;
  return {
    id,
    status,
    counts: { total, succeeded, failed, pending: total - succeeded - failed },
    createdAt: new Date(stored.createdAt),
    startedAt: optionalDate(stored.startedAt),
    finishedAt: optionalDate(finishedAt),
    results:
      isFinal(status) && finishedAt !== null
        ? {
            url: `${baseUrl}jobs/${id}/results`,
            parts: 1,
            expiresAt: new Date(finishedAt + keepDays * DAY_MS),
          }
        : undefined,
    reason: stored.reason ?? (isFinal(status) ? undefined : pauseReason),
  };
}

const optionalDate = (time: number | null): Date | undefined => (time === null ? undefined : new Date(time));
