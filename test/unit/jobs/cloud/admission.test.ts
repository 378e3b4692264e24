import { expect, test } from 'vitest';
import { ServiceError } from '../../../../lambda/errors.ts';
import { createAdmission, MOST_RUNNING_JOBS } from '../../../../lambda/jobs/cloud/admission.ts';
import type { Executions } from '../../../../lambda/jobs/cloud/executions/executions.ts';

/** Step Functions with some running executions. */
function running(count: () => number) {
  let listed = 0;
  const executions: Executions = {
    start: async () => {},
    describe: async () => undefined,
    stop: async () => undefined,
    async *running() {
      listed += 1;
      for (let index = 0; index < count(); index += 1) yield new Date(0);
    },
  };
  return { executions, listed: () => listed };
}

const refused = { code: 'overloaded' };
const start = async () => {};

test('a job is refused while as many run as may', async () => {
  let count = MOST_RUNNING_JOBS;
  let now = 0;
  const { executions } = running(() => count);
  const admission = createAdmission(executions, () => now);
  await expect(admission.admit(start)).rejects.toMatchObject(refused);
  count = MOST_RUNNING_JOBS - 1;
  now = 60_000;
  await admission.admit(start);
});

test('jobs that were started since the count are part of it', async () => {
  const { executions, listed } = running(() => MOST_RUNNING_JOBS - 3);
  const admission = createAdmission(executions, () => 0);
  for (let started = 0; started < 3; started += 1) await admission.admit(start);
  await expect(admission.admit(start)).rejects.toMatchObject(refused);
  expect(listed()).toBe(1);
});

test('a job that is not started gives its place back', async () => {
  const { executions } = running(() => MOST_RUNNING_JOBS - 1);
  const admission = createAdmission(executions, () => 0);
  const failing = async () => {
    throw new Error('no such upload');
  };
  for (let tried = 0; tried < 3; tried += 1) {
    await expect(admission.admit(failing)).rejects.toThrow('no such upload');
  }
  await admission.admit(start);
});

test('many jobs at once are one question, and are not all let in', async () => {
  const { executions, listed } = running(() => MOST_RUNNING_JOBS - 10);
  const admission = createAdmission(executions, () => 0);
  const all = await Promise.allSettled(Array.from({ length: 50 }, () => admission.admit(start)));
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  expect(listed()).toBe(1);
});

test('while Step Functions lets nobody count, the last count and what was started since hold', async () => {
  let now = 0;
  let isBusy = false;
  const { executions, listed } = running(() => {
    if (isBusy) throw new ServiceError('overloaded', 'Try again.');
    return MOST_RUNNING_JOBS - 2;
  });
  const admission = createAdmission(executions, () => now);
  await admission.admit(start);
  isBusy = true;
  now = 60_000;
  await admission.admit(start);
  await expect(admission.admit(start)).rejects.toMatchObject(refused);
  expect(listed()).toBe(2);
  now = 120_000;
  await expect(admission.admit(start)).rejects.toMatchObject(refused);
  isBusy = false;
  now = 180_000;
  await admission.admit(start);
});

test('after a failure the next job asks again', async () => {
  let fails = true;
  const { executions } = running(() => {
    if (fails) throw new Error('AccessDenied');
    return 0;
  });
  const admission = createAdmission(executions, () => 0);
  await expect(admission.admit(start)).rejects.toThrow('AccessDenied');
  fails = false;
  await admission.admit(start);
});
