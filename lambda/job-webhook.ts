import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createS3Client, s3Buckets } from './jobs/cloud/storage/s3.ts';
import { createWebhookHandler } from './jobs/webhook/handler.ts';
import { createSecretReader } from './jobs/webhook/secrets.ts';
import { createWebhookSender } from './jobs/webhook/sender.ts';
import { readWebhookSettings } from './jobs/webhook/settings.ts';
import { createLogger } from './telemetry/powertools.ts';

const settings = readWebhookSettings();

/** The state machine of webhooks calls it for each attempt to deliver a message. */
export const handler = createWebhookHandler({
  store: s3Buckets(createS3Client())(settings.bucket),
  readSecrets: createSecretReader(new SecretsManagerClient(), settings.secretArn),
  createSender: (secrets) => createWebhookSender({ secrets, allowHttp: false }),
  logger: createLogger(settings),
});
