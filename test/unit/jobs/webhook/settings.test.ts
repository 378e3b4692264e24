import { expect, test } from 'vitest';
import { readWebhookSettings } from '../../../../lambda/jobs/webhook/settings.ts';

const ENVIRONMENT = {
  STAGE: 'prod',
  JOBS_BUCKET: 'jobs-bucket',
  WEBHOOK_SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:webhooks-a1b2c3',
};

test('the function needs a bucket and a secret', () => {
  expect(readWebhookSettings(ENVIRONMENT)).toEqual({
    stage: 'prod',
    bucket: 'jobs-bucket',
    secretArn: ENVIRONMENT.WEBHOOK_SECRET_ARN,
  });
  expect(() => readWebhookSettings({})).toThrow(/JOBS_BUCKET: expected.*\n.*WEBHOOK_SECRET_ARN: expected/);
});

test('a secret in the place of its ARN is refused, and not repeated', () => {
  const start = () => readWebhookSettings({ ...ENVIRONMENT, WEBHOOK_SECRET_ARN: 'whsec_abcdef' });
  expect(start).toThrow('WEBHOOK_SECRET_ARN: expected the ARN of a secret');
  expect(start).not.toThrow('whsec_abcdef');
});
