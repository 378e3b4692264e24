import { createHash } from 'node:crypto';
import type { FinalStatus, Job } from '../engine.ts';
import type { JobId } from '../ids.ts';

export type WebhookType = `job.${FinalStatus}`;

export interface FinishedJob extends Pick<Job, 'id' | 'counts' | 'createdAt' | 'startedAt' | 'reason'> {
  readonly status: FinalStatus;
  readonly finishedAt: Date;
}

/** What a webhook says, the same in each attempt. */
export interface WebhookMessage {
  /** The same for the same end of the same job, so that a receiver can tell a repeat. */
  readonly id: string;
  readonly type: WebhookType;
  readonly jobId: JobId;
  /** JSON. */
  readonly body: string;
}

/** Tells how a job has ended. It has no results and no inputs: those need the credentials of the API. */
export function webhookMessage(job: FinishedJob): WebhookMessage {
  const type = webhookType(job.status);
  return {
    id: messageId(job.id, job.status),
    type,
    jobId: job.id,
    body: JSON.stringify({
      type,
      timestamp: job.finishedAt,
      data: {
        job_id: job.id,
        status: job.status,
        counts: job.counts,
        created_at: job.createdAt,
        started_at: job.startedAt ?? null,
        finished_at: job.finishedAt,
        reason: job.reason,
      },
    }),
  };
}

export const webhookType = (status: FinalStatus): WebhookType => `job.${status}`;

/** Hexadecimal digits have no full stop, which separates the parts of the signed text. */
const messageId = (jobId: JobId, status: FinalStatus): string =>
  `msg_${createHash('sha256').update(`${jobId}.${status}`).digest('hex').slice(0, 32)}`;
