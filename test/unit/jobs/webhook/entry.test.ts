import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { startProcess } from '../../../support/process.ts';
import { finishedJob, SECRET } from '../../../support/webhooks/sender.ts';
import { serve } from '../../fetch/loopback.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:webhooks-a1b2c3';
const { id, status, counts, createdAt, startedAt, finishedAt } = finishedJob();

/** Stands in for S3 and Secrets Manager. */
async function standIn(webhook: string) {
  const calls: string[] = [];
  const documents: Record<string, object> = {
    'request.json': { created_at: createdAt, request: { webhook } },
    'finished.json': { status, counts, started_at: startedAt, finished_at: finishedAt, parts: 1 },
  };
  const { port } = await serve(async (request: IncomingMessage, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const path = new URL(request.url ?? '', 'http://localhost').pathname;
    const target = request.headers['x-amz-target'];
    calls.push(target ? `${target} ${JSON.parse(body).SecretId}` : `${request.method} ${path}`);
    const answer = target ? { SecretString: JSON.stringify({ current: SECRET }) } : undefined;
    response.end(JSON.stringify(answer ?? documents[path.split('/').at(-1) ?? '']));
  });
  return { url: `http://127.0.0.1:${port}`, calls };
}

test('the entry reads the job and the secret, and fails with the reason of a failed attempt', async () => {
  const { url, calls } = await standIn('https://10.0.0.1/hook?token=1');
  const event = { job_id: id, type: 'job.succeeded' };
  const code = `const { handler } = await import('./lambda/job-webhook.ts');
    await handler(${JSON.stringify(event)}).catch(({ name, message }) => console.log(JSON.stringify({ name, error: message })));`;
  const child = startProcess(['--input-type=module', '--eval', code], {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: url,
    STAGE: 'prod',
    JOBS_BUCKET: 'jobs-bucket',
    WEBHOOK_SECRET_ARN: SECRET_ARN,
  });
  expect(await child.exitCode, child.stderr()).toBe(0);
  expect(calls).toEqual([
    `GET /jobs-bucket/jobs/${id}/request.json`,
    `GET /jobs-bucket/jobs/${id}/finished.json`,
    `secretsmanager.GetSecretValue ${SECRET_ARN}`,
  ]);
  const reason = 'The URL of the webhook must point only to public addresses.';
  expect(child.logs()).toEqual([{ name: 'WebhookFailed', error: reason }]);
  expect(JSON.parse(child.stderr())).toMatchObject({
    message: 'webhook',
    level: 'WARN',
    stage: 'prod',
    outcome: 'failed',
    reason,
    url: 'https://10.0.0.1',
  });
});
