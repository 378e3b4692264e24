import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionLimitExceeded,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { endedExecution } from '../../../../lambda/jobs/cloud/executions/status.ts';
import { stepFunctions } from '../../../../lambda/jobs/cloud/executions/step-functions.ts';
import { listUnsuccessful } from '../../../../lambda/jobs/cloud/executions/unsuccessful.ts';
import { collect } from './client.ts';

const MACHINE = 'arn:aws:states:eu-central-1:123456789012:stateMachine:jobs';
const executionArn = 'arn:aws:states:eu-central-1:123456789012:execution:jobs:job_1';
const refusal = { $metadata: {}, message: 'in the words of AWS' };
const startDate = new Date('2026-03-04T10:00:00Z');
const stopDate = new Date('2026-03-04T11:00:00Z');

const sfn = mockClient(SFNClient);
const executions = stepFunctions(new SFNClient({ region: 'eu-central-1' }), MACHINE);

beforeEach(() => {
  sfn.reset();
});

test('starts an execution, once', async () => {
  sfn.on(StartExecutionCommand).resolvesOnce({}).rejects(new ExecutionAlreadyExists(refusal));
  await executions.start('job_1', { job_id: 'job_1' });
  await executions.start('job_1', { job_id: 'job_1' });
  expect(sfn.commandCalls(StartExecutionCommand)[0]?.args[0].input).toEqual({
    stateMachineArn: MACHINE,
    name: 'job_1',
    input: '{"job_id":"job_1"}',
  });
});

test('is overloaded if Step Functions takes no more', async () => {
  for (const error of [
    new ExecutionLimitExceeded(refusal),
    Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' }),
  ]) {
    sfn.on(StartExecutionCommand).rejects(error);
    await expect(executions.start('job_1', {})).rejects.toMatchObject({
      code: 'overloaded',
      detail: expect.not.stringMatching(/AWS|Rate/),
      retryAfterSeconds: expect.any(Number),
    });
  }
  sfn.on(StartExecutionCommand).rejects(new Error('AccessDenied'));
  await expect(executions.start('job_1', {})).rejects.toThrow('AccessDenied');
});

test.each([
  ['RUNNING', 'running', undefined],
  // Started again after a failure: the end of the first attempt is not its end.
  ['PENDING_REDRIVE', 'running', undefined],
  ['SUCCEEDED', 'succeeded', stopDate],
  ['FAILED', 'failed', stopDate],
  ['TIMED_OUT', 'timed out', stopDate],
  ['ABORTED', 'aborted', stopDate],
] as const)('describes an execution that is %s', async (status, expected, stoppedAt) => {
  sfn.on(DescribeExecutionCommand, { executionArn }).resolves({ status, startDate, stopDate });
  expect(await executions.describe('job_1')).toEqual({ status: expected, startedAt: startDate, stoppedAt });
});

test('knows the end of an execution from its event', () => {
  const dates = { startDate: startDate.getTime(), stopDate: stopDate.getTime() };
  const ended = { startedAt: startDate, stoppedAt: stopDate };
  expect(endedExecution({ status: 'ABORTED', ...dates })).toEqual({ status: 'aborted', ...ended });
  expect(endedExecution({ status: 'TIMED_OUT', ...dates })).toEqual({ status: 'timed out', ...ended });
});

test('knows no execution that does not exist', async () => {
  sfn.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist(refusal));
  sfn.on(StopExecutionCommand).rejects(new ExecutionDoesNotExist(refusal));
  expect(await executions.describe('job_1')).toBeUndefined();
  expect(await executions.stop('job_1')).toBeUndefined();
  sfn.on(DescribeExecutionCommand).rejects(new Error('no network'));
  await expect(executions.describe('job_1')).rejects.toThrow('no network');
});

test('asks the caller to wait where Step Functions allows no more calls', async () => {
  sfn
    .on(DescribeExecutionCommand)
    .rejects(Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' }));
  await expect(executions.describe('job_1')).rejects.toMatchObject({
    code: 'overloaded',
    retryAfterSeconds: 10,
  });
  sfn
    .on(ListExecutionsCommand)
    .rejects(Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' }));
  await expect(collect(executions.running())).rejects.toMatchObject({ code: 'overloaded' });
});

test('stops an execution', async () => {
  sfn.on(StopExecutionCommand, { executionArn }).resolves({ stopDate });
  expect(await executions.stop('job_1')).toEqual(stopDate);
});

test('lists when all running executions were started, on all pages', async () => {
  const execution = { executionArn, stateMachineArn: MACHINE, name: 'job_1', status: 'RUNNING' } as const;
  sfn
    .on(ListExecutionsCommand, { stateMachineArn: MACHINE, statusFilter: 'RUNNING' })
    .resolves({ executions: [{ ...execution, startDate: stopDate }], nextToken: '2' });
  sfn
    .on(ListExecutionsCommand, { nextToken: '2' })
    .resolves({ executions: [{ ...execution, startDate: new Date(0), redriveDate: startDate }] });
  expect(await collect(executions.running())).toEqual([
    { name: 'job_1', startedAt: stopDate },
    { name: 'job_1', startedAt: startDate },
  ]);
});

test('lists when executions failed, timed out or were stopped, with one call for each', async () => {
  const execution = { executionArn, stateMachineArn: MACHINE, startDate } as const;
  const ended = { FAILED: 'job_1', TIMED_OUT: 'job_2', ABORTED: 'job_3' } as const;
  for (const [status, name] of Object.entries(ended) as [keyof typeof ended, string][]) {
    sfn
      .on(ListExecutionsCommand, { stateMachineArn: MACHINE, statusFilter: status, maxResults: 1000 })
      .resolves({ executions: [{ ...execution, status, name, stopDate }], nextToken: '2' });
  }
  const unsuccessful = listUnsuccessful(new SFNClient({ region: 'eu-central-1' }), MACHINE);
  expect(await collect(unsuccessful())).toEqual(
    Object.values(ended).map((name) => ({ name, stoppedAt: stopDate })),
  );
  expect(sfn.commandCalls(ListExecutionsCommand)).toHaveLength(3);
});
