import { expect, test } from 'vitest';
import { webhookMessage } from '../../../../lambda/jobs/webhook/message.ts';
import { type FailedAttempt, reportFailures } from '../../../../lambda/jobs/webhook/report-failures.ts';
import type { Delivery } from '../../../../lambda/jobs/webhook/sender.ts';
import { finishedJob } from '../../../support/webhooks/sender.ts';

const job = finishedJob();
const attempted = { jobId: job.id, type: 'job.succeeded', url: 'https://hooks.example.com' };

async function reported(delivery: Delivery): Promise<readonly FailedAttempt[]> {
  const attempts: FailedAttempt[] = [];
  const send = reportFailures(
    async () => delivery,
    (attempt) => attempts.push(attempt),
  );
  expect(await send(`${attempted.url}?token=secret`, webhookMessage(job))).toBe(delivery);
  return attempts;
}

test('an attempt that failed is reported, without the query of the URL', async () => {
  const reason = 'Expected a status from 200 to 299, got 500.';
  expect(await reported({ kind: 'failed', reason })).toEqual([{ ...attempted, outcome: 'failed', reason }]);
});

test('a receiver that wants no more messages is reported', async () => {
  expect(await reported({ kind: 'gone' })).toEqual([{ ...attempted, outcome: 'gone' }]);
});

test('a message that was delivered is not reported', async () => {
  expect(await reported({ kind: 'delivered' })).toEqual([]);
});
