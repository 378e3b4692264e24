import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, expect, test, vi } from 'vitest';
import { hasTime, workerSignal } from '../../../../lambda/jobs/cloud/deadline.ts';
import { batchRecorder } from '../../../../lambda/jobs/cloud/record.ts';
import { newJobId } from '../../../../lambda/jobs/ids.ts';
import { metricsOf, outputOf } from '../../telemetry/emf.ts';

const machine = (name: string): string => `arn:aws:states:eu-central-1:123456789012:stateMachine:${name}`;
const left = (ms: number) => ({ getRemainingTimeInMillis: () => ms });

afterEach(() => {
  vi.unstubAllEnvs();
});

test('the steps measure the age of the oldest job', async () => {
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('STAGE', 'staging');
  vi.stubEnv('JOBS_BUCKET', 'jobs-bucket');
  vi.stubEnv('JOBS_STATE_MACHINE_ARN', machine('jobs'));
  vi.stubEnv('WEBHOOKS_STATE_MACHINE_ARN', machine('webhooks'));
  const startDate = new Date(Date.now() - 90 * 60_000);
  const execution = { executionArn: 'arn', stateMachineArn: 'arn', name: 'job', status: 'RUNNING' } as const;
  mockClient(SFNClient)
    .on(ListExecutionsCommand, { stateMachineArn: machine('jobs') })
    .resolves({ executions: [{ ...execution, startDate }] });
  const { handler } = await import('../../../../lambda/job-steps.ts');
  const [metric] = await metricsOf(() => handler({ step: 'age' }, left(900_000) as never));
  expect(metric?.['stage']).toBe('staging');
  expect(Math.round(metric?.['OldestJobMinutes'] as number)).toBe(90);
});

test('each batch is a line of the log, and is counted', async () => {
  const record = batchRecorder({ stage: 'staging', logLevel: 'INFO', metrics: true });
  const jobId = newJobId();
  const failures = new Map([
    ['url_timeout', 2],
    ['invalid_image', 1],
  ]);
  const written = await outputOf(() => record({ jobId, range: [10, 19], failures, durationMs: 1234.56 }));
  const [line, metrics] = written.map((text) => JSON.parse(text));
  expect(line).toMatchObject({
    message: 'batch',
    job_id: jobId,
    first: 10,
    last: 19,
    inputs: 10,
    failed: 3,
    codes: { url_timeout: 2, invalid_image: 1 },
  });
  expect(metrics).toMatchObject({ stage: 'staging', JobInputs: 10, JobInputFailures: 3 });
});

test('the worker ends by itself before its function is ended', async () => {
  expect(workerSignal(left(10_000)).aborted || (await aborted(workerSignal(left(15_000))))).toBe(true);
  expect(workerSignal(left(900_000)).aborted).toBe(false);
});

test('a step does more work only if it has some minutes', () => {
  expect(hasTime(left(900_000))()).toBe(true);
  expect(hasTime(left(200_000))()).toBe(false);
});

const aborted = (signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(true), { once: true }));
