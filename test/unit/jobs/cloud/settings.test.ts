import { expect, test } from 'vitest';
import { readConfig } from '../../../../lambda/config.ts';
import { readStepsSettings, readWorkerSettings } from '../../../../lambda/jobs/cloud/settings.ts';

const machine = (name: string): string => `arn:aws:states:eu-central-1:123456789012:stateMachine:${name}`;
const worker = { JOBS_BUCKET: 'jobs-bucket', JOBS_SOURCES: 'photos/2026/,archive' };
const steps = {
  ...worker,
  STAGE: 'prod',
  JOBS_STATE_MACHINE_ARN: machine('jobs'),
  WEBHOOKS_STATE_MACHINE_ARN: machine('webhooks'),
};

test('the steps and the worker have their bucket, their sources and their machines', () => {
  const sources = [
    { bucket: 'photos', prefix: '2026/' },
    { bucket: 'archive', prefix: '' },
  ];
  expect(readWorkerSettings(worker)).toEqual({ bucket: 'jobs-bucket', sources });
  expect(readStepsSettings(steps)).toEqual({
    bucket: 'jobs-bucket',
    sources,
    stage: 'prod',
    jobsArn: machine('jobs'),
    webhooksArn: machine('webhooks'),
  });
});

test('without sources, jobs may read none', () => {
  expect(readWorkerSettings({ JOBS_BUCKET: 'jobs-bucket' }).sources).toEqual([]);
});

test('what is missing is named', () => {
  expect(() => readWorkerSettings({})).toThrow(/JOBS_BUCKET: /);
  expect(() => readStepsSettings({ ...steps, JOBS_STATE_MACHINE_ARN: 'jobs' })).toThrow(
    /JOBS_STATE_MACHINE_ARN: /,
  );
});

test('the worker reads the settings of the service, but offers no jobs itself', () => {
  const config = readConfig({ ...worker, AWS_LAMBDA_FUNCTION_NAME: 'worker' });
  expect(config.jobs).toBeUndefined();
});
