import { describe, expect, it, vi } from 'vitest';
import { keys } from '../../../../lambda/jobs/cloud/layout.ts';
import { createWebhookHandler } from '../../../../lambda/jobs/webhook/handler.ts';
import { webhookMessage } from '../../../../lambda/jobs/webhook/message.ts';
import type { Delivery, WebhookSender } from '../../../../lambda/jobs/webhook/sender.ts';
import { createMemoryBuckets } from '../../../support/memory-cloud/buckets.ts';
import { finishedJob, SECRET } from '../../../support/webhooks/sender.ts';

const URL = 'https://hooks.example.com/photos?token=secret';
const job = finishedJob();
const EVENT = { job_id: job.id, type: 'job.succeeded' };

/** A handler for a job that has ended, with a sender whose attempt ends as given. */
async function handlerFor(delivery: Delivery, webhook: string | null = URL) {
  const buckets = createMemoryBuckets();
  buckets.objects('jobs-bucket'); // exists now
  const store = buckets('jobs-bucket');
  const { status, counts, reason } = job;
  const request = webhook === null ? {} : { webhook };
  await store.put(
    keys.request(job.id),
    JSON.stringify({ owner: 'o', created_at: job.createdAt, request, request_sha256: '' }),
  );
  await store.put(
    keys.finished(job.id),
    JSON.stringify({
      ...{ status, counts, reason, parts: 1 },
      ...{ started_at: job.startedAt, finished_at: job.finishedAt },
    }),
  );
  const send = vi.fn<WebhookSender>(async () => delivery);
  const createSender = vi.fn(() => send);
  const logger = { info: vi.fn(), warn: vi.fn() };
  const handler = createWebhookHandler({
    store,
    readSecrets: async () => [SECRET],
    createSender,
    logger: logger as never,
  });
  return { handler, send, createSender, logger };
}

describe('the function', () => {
  it('sends the summary that was written when the job ended', async () => {
    const { handler, send, createSender, logger } = await handlerFor({ kind: 'delivered' });
    await handler(EVENT);
    expect(createSender).toHaveBeenCalledExactlyOnceWith([SECRET]);
    expect(send).toHaveBeenCalledExactlyOnceWith(URL, webhookMessage(job));
    expect(logger.info).toHaveBeenCalledExactlyOnceWith('webhook', {
      job_id: job.id,
      type: 'job.succeeded',
      url: 'https://hooks.example.com',
      outcome: 'delivered',
    });
  });

  it('fails with a name that the state machine does not retry if the receiver is gone', async () => {
    const { handler } = await handlerFor({ kind: 'gone' });
    await expect(handler(EVENT)).rejects.toMatchObject({ name: 'WebhookGone' });
  });

  it('fails with the reason if the message was not delivered, and logs no query', async () => {
    const reason = 'Expected a status from 200 to 299, got 500.';
    const { handler, logger } = await handlerFor({ kind: 'failed', reason });
    await expect(handler(EVENT)).rejects.toMatchObject({ name: 'WebhookFailed', message: reason });
    expect(logger.warn).toHaveBeenCalledExactlyOnceWith(
      'webhook',
      expect.objectContaining({ outcome: 'failed', reason, url: 'https://hooks.example.com' }),
    );
  });

  it('sends nothing about an end that a redrive has replaced', async () => {
    const { handler, send } = await handlerFor({ kind: 'delivered' });
    await handler({ ...EVENT, type: 'job.failed' });
    expect(send).not.toHaveBeenCalled();
  });

  it.each([
    ['without a type', { job_id: job.id }],
    ['of another job', { ...EVENT, job_id: `job_${'0'.repeat(32)}` }],
    ['with a key instead of an id', { ...EVENT, job_id: '../uploads' }],
  ])('fails for an event %s', async (_case, event) => {
    const { handler, send } = await handlerFor({ kind: 'delivered' });
    await expect(handler(event)).rejects.toThrow();
    expect(send).not.toHaveBeenCalled();
  });

  it('fails for a job without a webhook', async () => {
    const { handler } = await handlerFor({ kind: 'delivered' }, null);
    await expect(handler(EVENT)).rejects.toThrow('to have a webhook');
  });
});
