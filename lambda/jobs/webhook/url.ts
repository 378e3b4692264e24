import { checkUrl, type GuardDependencies, type GuardSettings } from '../../fetch/guard.ts';

/** How messages name the URL of a webhook. */
export const WEBHOOK_URL = 'The URL of the webhook';

/**
 * Checks the URL of a webhook when the job is created, without the network. The addresses of its name are checked when a
 * message is sent.
 *
 * @throws ServiceError `invalid_request` for text that is not an absolute URL, `url_not_allowed`.
 */
export const checkWebhookUrl = (
  text: string,
  settings: GuardSettings,
  dependencies?: GuardDependencies,
): void => checkUrl(text, WEBHOOK_URL, settings, dependencies);
