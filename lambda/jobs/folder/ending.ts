import type { FinalStatus } from '../engine.ts';
import { type WebhookMessage, webhookMessage } from '../webhook/message.ts';
import type { Store } from './store/store.ts';

/**
 * Ends a job, and puts its webhook on the list of those to deliver. Both are on the disk when it returns. A job that has
 * ended stays as it is.
 *
 * @throws ServiceError `storage_full`
 */
export type EndJob = (number: number, status: FinalStatus, reason?: string) => void;

export interface EndDependencies {
  readonly store: Store<WebhookMessage>;
  readonly now: () => number;
  /** Called when a job has ended, with its number. */
  readonly onEnd: (number: number) => void;
  /** Called when there is a webhook to deliver. */
  readonly onDelivery: () => void;
}

export function createEnding({ store, now, onEnd, onDelivery }: EndDependencies): EndJob {
  const { database, jobs, deliveries } = store;
  return (number, status, reason) => {
    const { isNew, hasDelivery } = database.acknowledge(() => {
      const time = now();
      if (!jobs.finish(number, status, time, reason ?? null)) return { isNew: false, hasDelivery: false };
      const { id, webhook, total, succeeded, failed, createdAt, startedAt } = jobs.at(number);
      if (webhook === null) return { isNew: true, hasDelivery: false };
      const message = webhookMessage({
        id,
        status,
        counts: { total, succeeded, failed, pending: total - succeeded - failed },
        createdAt: new Date(createdAt),
        startedAt: startedAt === null ? undefined : new Date(startedAt),
        finishedAt: new Date(time),
        reason,
      });
      deliveries.add(number, webhook, message, time);
      return { isNew: true, hasDelivery: true };
    });
    if (isNew) onEnd(number);
    if (hasDelivery) onDelivery();
  };
}
