import { ServiceError } from '../../errors.ts';
import type { GuardDependencies, GuardSettings } from '../../fetch/guard.ts';
import { createUrlPoster } from '../../fetch/post.ts';
import type { WebhookMessage } from './message.ts';
import { signatureOf } from './signature.ts';
import { WEBHOOK_URL } from './url.ts';

/** What became of one attempt. */
export type Delivery =
  | { readonly kind: 'delivered' }
  /** The receiver wants no more messages. */
  | { readonly kind: 'gone' }
  /** @property reason a sentence in our own words, without the URL. */
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Attempts once to deliver a message. A failure is a result.
 *
 * @throws the reason of `signal` if it aborts.
 */
export type WebhookSender = (url: string, message: WebhookMessage, signal?: AbortSignal) => Promise<Delivery>;

export interface WebhookSenderSettings extends GuardSettings {
  /** `whsec_` and a key in base64. More than one during a rotation. */
  readonly secrets: readonly string[];
}

/** For tests only. */
export interface WebhookSenderDependencies extends GuardDependencies {
  /** @default {@link TIMEOUT_MS} */
  readonly timeoutMs?: number;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** Standard Webhooks, "Request timeouts", recommends 15 to 30 s. */
const TIMEOUT_MS = 15_000;

const GONE = 410;

/** Creates a sender of webhooks by the specification Standard Webhooks 1.0.0 (standardwebhooks.com). */
export function createWebhookSender(
  { secrets, allowHttp }: WebhookSenderSettings,
  { timeoutMs = TIMEOUT_MS, now = Date.now, ...guard }: WebhookSenderDependencies = {},
): WebhookSender {
  const post = createUrlPoster({ allowHttp, subject: WEBHOOK_URL, timeoutMs }, guard);

  return async (url, { id, body }, signal) => {
    const timestamp = Math.floor(now() / 1000);
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signatureOf({ id, timestamp, body }, secrets),
    };
    try {
      return deliveryOf(await post(url, { headers, body: Buffer.from(body) }, signal));
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ServiceError) return { kind: 'failed', reason: reasonOf(error, timeoutMs) };
      throw error;
    }
  };
}

function deliveryOf(status: number): Delivery {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === GONE) return { kind: 'gone' };
  const note = status >= 300 && status < 400 ? '. Redirects are not followed' : '';
  return { kind: 'failed', reason: `Expected a status from 200 to 299, got ${status}${note}.` };
}

const reasonOf = ({ code, detail }: ServiceError, timeoutMs: number): string =>
  code === 'url_timeout' ? `The receiver did not answer within ${timeoutMs / 1000} s.` : detail;
