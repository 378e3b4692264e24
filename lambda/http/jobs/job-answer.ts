import type { Context } from 'hono';
import { isFinal, type Job } from '../../jobs/engine.ts';
import type { AppEnv } from '../context.ts';
import type { JobAnswer } from '../schemas/jobs.ts';

/** A job of this many inputs that are pending is asked for once a second. */
const INPUTS_A_SECOND = 100;
/** While the inputs are being counted. */
const COUNTING_SECONDS = 2;
const MAX_RETRY_AFTER_SECONDS = 30;

/** The answer that describes a job. While it runs, the answer says when to ask again. */
export function jobAnswer(c: Context<AppEnv>, job: Job): JobAnswer {
  const { status, counts, results, reason } = job;
  c.header('cache-control', 'no-store');
  if (!isFinal(status)) c.header('retry-after', String(retryAfterSeconds(job)));
  return {
    job_id: job.id,
    status,
    counts,
    created_at: job.createdAt.toISOString(),
    started_at: job.startedAt?.toISOString() ?? null,
    finished_at: job.finishedAt?.toISOString() ?? null,
    ...(results && {
      results: { url: results.url, parts: results.parts, expires_at: results.expiresAt.toISOString() },
    }),
    ...(reason !== undefined && { reason }),
  };
}

function retryAfterSeconds({ counts: { total, pending } }: Job): number {
  if (total === 0) return COUNTING_SECONDS;
  return Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(pending / INPUTS_A_SECOND)));
}
