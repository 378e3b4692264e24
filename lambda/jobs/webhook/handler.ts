import type { Logger } from '@aws-lambda-powertools/logger';
import { z } from 'zod';
import { withoutPath } from '../../fetch/fetch.ts';
import type { FinishedDocument, RequestDocument } from '../cloud/documents.ts';
import { keys } from '../cloud/layout.ts';
import type { ObjectStore } from '../cloud/storage/object-store.ts';
import { requireJson } from '../cloud/storage/read.ts';
import { isJobId, type JobId } from '../ids.ts';
import { type FinishedJob, webhookMessage, webhookType } from './message.ts';
import type { SecretReader } from './secrets.ts';
import type { Delivery, WebhookSender } from './sender.ts';

/** The receiver wants no more messages. The state machine knows the name, and does not try again. */
export class WebhookGone extends Error {
  override readonly name = 'WebhookGone';
}

/** The message was not delivered. The state machine tries again. */
export class WebhookFailed extends Error {
  override readonly name = 'WebhookFailed';
}

export interface WebhookHandlerDependencies {
  /** The bucket of jobs. */
  readonly store: ObjectStore;
  readonly readSecrets: SecretReader;
  readonly createSender: (secrets: readonly string[]) => WebhookSender;
  readonly logger: Logger;
}

/** The input of the state machine. */
const eventSchema = z.object({
  job_id: z.string().refine(isJobId),
  type: z.enum(['job.succeeded', 'job.failed', 'job.cancelled']),
});

/**
 * Attempts once to deliver the message about a job that has ended.
 *
 * @throws WebhookGone, WebhookFailed; StorageError; ConfigError for a wrong secret.
 */
export function createWebhookHandler({
  store,
  readSecrets,
  createSender,
  logger,
}: WebhookHandlerDependencies): (event: unknown) => Promise<void> {
  return async (event) => {
    const { job_id: id, type } = eventSchema.parse(event);
    const { url, job } = await readJob(store, id);
    const line = { job_id: id, type, url: withoutPath(url) };
    if (type !== webhookType(job.status)) {
      // The job was redriven and has ended in another way since. That end has a message of its own.
      logger.info('webhook', { ...line, outcome: 'outdated' });
      return;
    }
    const send = createSender(await readSecrets());
    const delivery = await send(url, webhookMessage(job));
    const { kind: outcome, ...details } = delivery;
    if (outcome === 'delivered') logger.info('webhook', { ...line, outcome });
    else logger.warn('webhook', { ...line, outcome, ...details });
    throwUnlessDelivered(delivery);
  };
}

function throwUnlessDelivered(delivery: Delivery): void {
  if (delivery.kind === 'gone')
    throw new WebhookGone('The receiver answered 410: it wants no more messages.');
  if (delivery.kind === 'failed') throw new WebhookFailed(delivery.reason);
}

async function readJob(
  store: ObjectStore,
  id: JobId,
): Promise<{ readonly url: string; readonly job: FinishedJob }> {
  const { request, created_at } = await requireJson<RequestDocument>(store, keys.request(id));
  const finished = await requireJson<FinishedDocument>(store, keys.finished(id));
  if (request.webhook === undefined) throw new Error(`expected ${id} to have a webhook, got none`);
  const { status, counts, reason, started_at, finished_at } = finished;
  return {
    url: request.webhook,
    job: {
      id,
      status,
      counts,
      createdAt: new Date(created_at),
      startedAt: started_at === null ? undefined : new Date(started_at),
      finishedAt: new Date(finished_at),
      reason,
    },
  };
}
