import { setTimeout as delay } from 'node:timers/promises';
import type { WebhookMessage } from '../webhook/message.ts';
import { retryDelayMs } from '../webhook/retry.ts';
import type { WebhookSender } from '../webhook/sender.ts';
import type { StoredDelivery } from './store/deliveries.ts';
import type { Store } from './store/store.ts';
import { createWakeable } from './wakeable.ts';

/** An owner whose receivers do not answer holds up the others for one attempt only. */
const AT_ONCE = 4;
/** After an error that says nothing about the receiver, such as a full disk. In milliseconds. */
const PAUSE_MS = 60_000;

/** Delivers webhooks, and tries again for about an hour, also after a restart. */
export interface Deliverer {
  /** Looks for new ones. */
  wake(): void;
  /** Gives up the attempts in progress. They are made again at the next start. */
  stop(): Promise<void>;
}

export interface DelivererDependencies {
  readonly store: Pick<Store<WebhookMessage>, 'database' | 'deliveries'>;
  readonly send: WebhookSender;
  readonly now: () => number;
  /** Takes a sentence for the log. */
  readonly onProblem: (reason: string) => void;
}

export function startDeliverer({ store, send, now, onProblem }: DelivererDependencies): Deliverer {
  const { database, deliveries } = store;
  const abort = new AbortController();
  const { signal } = abort;
  const bell = createWakeable();
  const inProgress = new Map<number, Promise<void>>();

  async function deliver({ job, url, message, failures }: StoredDelivery<WebhookMessage>): Promise<void> {
    const delivery = await send(url, message, signal);
    const delayMs = delivery.kind === 'failed' ? retryDelayMs(failures + 1, Math.random()) : undefined;
    database.record(() => {
      if (delayMs === undefined) deliveries.remove(job);
      else deliveries.postpone(job, now() + delayMs);
    });
    if (delivery.kind === 'failed' && delayMs === undefined)
      onProblem(`The webhook of ${message.jobId} was not delivered. ${delivery.reason}`);
  }

  function begin(delivery: StoredDelivery<WebhookMessage>): void {
    const work = deliver(delivery)
      .catch((error: unknown) => {
        if (signal.aborted) return undefined;
        onProblem(`The webhook of ${delivery.message.jobId} waits. ${(error as Error).message}`);
        return delay(PAUSE_MS, undefined, { signal, ref: false }).catch(() => {});
      })
      .finally(() => {
        inProgress.delete(delivery.job);
        bell.wake();
      });
    inProgress.set(delivery.job, work);
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const next = inProgress.size < AT_ONCE ? deliveries.next(now(), new Set(inProgress.keys())) : undefined;
      const waitMs = next ? next.dueAt - now() : undefined;
      if (next && waitMs !== undefined && waitMs <= 0) begin(next);
      else await bell.sleep(signal, waitMs);
    }
  }

  const running = run().catch((error: Error) => onProblem(`No webhooks are delivered. ${error.message}`));
  return {
    wake: bell.wake,
    async stop() {
      abort.abort(new Error('The service stops.'));
      await running;
      await Promise.all(inProgress.values());
    },
  };
}
