import { withoutPath } from '../../fetch/fetch.ts';
import type { WebhookMessage } from './message.ts';
import type { Delivery, WebhookSender } from './sender.ts';

/** An attempt to deliver a message that did not succeed. */
export interface FailedAttempt extends Pick<WebhookMessage, 'jobId' | 'type'> {
  /** Its origin: the path of a receiver often is a secret, and so is the query. */
  readonly url: string;
  readonly outcome: Exclude<Delivery['kind'], 'delivered'>;
  /** Why it failed. Undefined if the receiver wants no more messages. */
  readonly reason: string | undefined;
}

/** Tells of each attempt of a sender that did not succeed. */
export const reportFailures =
  (send: WebhookSender, onFailure: (attempt: FailedAttempt) => void): WebhookSender =>
  async (url, message, signal) => {
    const delivery = await send(url, message, signal);
    if (delivery.kind !== 'delivered') {
      const { jobId, type } = message;
      const reason = delivery.kind === 'failed' ? delivery.reason : undefined;
      onFailure({ jobId, type, url: withoutPath(url), outcome: delivery.kind, reason });
    }
    return delivery;
  };
