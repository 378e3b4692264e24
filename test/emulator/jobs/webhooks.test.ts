import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { client, stackOutput } from '../support.ts';
import { createClient } from './client.ts';
import { createKey } from './keys.ts';
import { makePhotos } from './photos.ts';
import { openSite } from './site.ts';

const secrets = new SecretsManagerClient(client);

/** The secret that CloudFormation made for the stage. */
async function webhookSecret(): Promise<string> {
  const { SecretString = '{}' } = await secrets.send(
    new GetSecretValueCommand({ SecretId: stackOutput('WebhookSecretArn') }),
  );
  return JSON.parse(SecretString).current;
}

test('a webhook with the summary of the job arrives, signed, and again after an error of its receiver', async () => {
  await using key = await createKey();
  const jobs = createClient(key.value);
  const { promise: accepted, resolve: accept } = Promise.withResolvers<void>();
  await using site = await openSite(async () => {
    if (site.visits.length === 1) return { status: 500 };
    accept();
    return { status: 204 };
  });
  const [photo = new Uint8Array()] = await makePhotos(1);
  const upload_id = await jobs.upload(photo);

  const { job_id } = await jobs.start({ inputs: [{ upload_id }], webhook: site.urlOf('/hooks/jobs') });
  await accepted;

  expect(site.visits.map(({ path }) => path)).toEqual(['/hooks/jobs', '/hooks/jobs']);
  expect(new Set(site.visits.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  const webhook = new Webhook(await webhookSecret());
  for (const { body, headers } of site.visits) {
    const message = webhook.verify(body, headers as Record<string, string>);
    expect(message).toMatchObject({ type: 'job.succeeded', data: { job_id, status: 'succeeded' } });
    expect(() => webhook.verify(`${body} `, headers as Record<string, string>)).toThrow();
  }
}, 60_000);
