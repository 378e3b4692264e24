import { describe, expect, it } from 'vitest';
import type { JobId } from '../../../../lambda/jobs/ids.ts';
import { webhookMessage } from '../../../../lambda/jobs/webhook/message.ts';
import { finishedJob } from '../../../support/webhooks/sender.ts';

describe('a message', () => {
  it('is a summary of the job, without inputs and results', () => {
    const { type, body } = webhookMessage(finishedJob());
    expect(type).toBe('job.succeeded');
    expect(JSON.parse(body)).toEqual({
      type: 'job.succeeded',
      timestamp: '2026-11-27T10:05:00.250Z',
      data: {
        job_id: 'job_00112233445566778899aabbccddeeff',
        status: 'succeeded',
        counts: { total: 3, succeeded: 2, failed: 1, pending: 0 },
        created_at: '2026-11-27T10:00:00.000Z',
        started_at: '2026-11-27T10:00:01.000Z',
        finished_at: '2026-11-27T10:05:00.250Z',
      },
    });
  });

  it('has the reason of a failure, and null for a job that was never started', () => {
    const { body } = webhookMessage(
      finishedJob({ status: 'failed', reason: 'The bucket could not be read.', startedAt: undefined }),
    );
    expect(JSON.parse(body)).toMatchObject({
      type: 'job.failed',
      data: { started_at: null, reason: 'The bucket could not be read.' },
    });
  });

  it('has the same id and the same bytes each time', () => {
    expect(webhookMessage(finishedJob())).toEqual(webhookMessage(finishedJob()));
  });

  it('has an id without full stops that differs between jobs and between their ends', () => {
    const other = 'job_ff112233445566778899aabbccddeeff' as JobId;
    const ids = [
      finishedJob(),
      finishedJob({ status: 'failed' }),
      finishedJob({ status: 'cancelled' }),
      finishedJob({ id: other }),
    ].map((job) => webhookMessage(job).id);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^msg_[0-9a-f]{32}$/);
  });
});
