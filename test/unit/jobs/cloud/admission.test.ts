import { expect, test } from 'vitest';
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

test('a job is refused while as many run as may', async () => {
  let count = MOST_RUNNING_JOBS;
  let now = 0;
  const { executions } = running(() => count);
  const admission = createAdmission(executions, () => now);
  await expect(admission.admit()).rejects.toMatchObject(refused);
  count = MOST_RUNNING_JOBS - 1;
  now = 60_000;
  await admission.admit();
});

test('jobs that were started since the count are part of it', async () => {
  const { executions, listed } = running(() => MOST_RUNNING_JOBS - 3);
  const admission = createAdmission(executions, () => 0);
  for (let started = 0; started < 3; started += 1) await admission.admit();
  await expect(admission.admit()).rejects.toMatchObject(refused);
  expect(listed()).toBe(1);
});

test('many jobs at once are one question, and are not all let in', async () => {
  const { executions, listed } = running(() => MOST_RUNNING_JOBS - 10);
  const admission = createAdmission(executions, () => 0);
  const all = await Promise.allSettled(Array.from({ length: 50 }, () => admission.admit()));
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  expect(listed()).toBe(1);
});

test('after a failure the next job asks again', async () => {
  let fails = true;
  const { executions } = running(() => {
    if (fails) throw new Error('ThrottlingException');
    return 0;
  });
  const admission = createAdmission(executions, () => 0);
  await expect(admission.admit()).rejects.toThrow('ThrottlingException');
  fails = false;
  await admission.admit();
});
