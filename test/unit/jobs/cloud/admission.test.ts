import { expect, test } from 'vitest';
import { ServiceError } from '../../../../lambda/errors.ts';
import {
  createAdmission,
  MOST_RUNNING_JOBS,
  MOST_RUNNING_JOBS_OF_OWNER,
} from '../../../../lambda/jobs/cloud/admission.ts';
import type { Executions } from '../../../../lambda/jobs/cloud/executions/executions.ts';
import { ownerTag, tagOf, withTag } from '../../../../lambda/jobs/cloud/owned-id.ts';
import { isJobId, newJobId, ownerOf } from '../../../../lambda/jobs/ids.ts';

/** Step Functions with some running executions. */
function running(count: () => number) {
  let listed = 0;
  const executions: Executions = {
    start: async () => {},
    describe: async () => undefined,
    stop: async () => undefined,
    async *running() {
      listed += 1;
      for (let index = 0; index < count(); index += 1) {
        // Each is somebody else's.
        yield { name: withTag(newJobId(), ownerTag('salt', ownerOf(`${index}`))), startedAt: new Date(0) };
      }
    },
  };
  return { executions, listed: () => listed };
}

const refused = { code: 'overloaded' };
const start = async () => {};
const alice = ownerTag('salt', ownerOf('alice'));
const bob = ownerTag('salt', ownerOf('bob'));

test('a job is refused while as many run as may', async () => {
  let count = MOST_RUNNING_JOBS;
  let now = 0;
  const { executions } = running(() => count);
  const admission = createAdmission(executions, () => now);
  await expect(admission.admit(alice, start)).rejects.toMatchObject(refused);
  count = MOST_RUNNING_JOBS - 1;
  now = 60_000;
  await admission.admit(alice, start);
});

test('jobs that were started since the count are part of it', async () => {
  const { executions, listed } = running(() => MOST_RUNNING_JOBS - 3);
  const admission = createAdmission(executions, () => 0);
  for (let started = 0; started < 3; started += 1) await admission.admit(alice, start);
  await expect(admission.admit(alice, start)).rejects.toMatchObject(refused);
  expect(listed()).toBe(1);
});

test('a job that is not started gives its place back', async () => {
  const { executions } = running(() => MOST_RUNNING_JOBS - 1);
  const admission = createAdmission(executions, () => 0);
  const failing = async () => {
    throw new Error('no such upload');
  };
  for (let tried = 0; tried < 3; tried += 1) {
    await expect(admission.admit(alice, failing)).rejects.toThrow('no such upload');
  }
  await admission.admit(alice, start);
});

test('many jobs at once are one question, and are not all let in', async () => {
  const { executions, listed } = running(() => MOST_RUNNING_JOBS - 10);
  const admission = createAdmission(executions, () => 0);
  const all = await Promise.allSettled(Array.from({ length: 50 }, () => admission.admit(alice, start)));
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
  await admission.admit(alice, start);
  isBusy = true;
  now = 60_000;
  await admission.admit(alice, start);
  await expect(admission.admit(alice, start)).rejects.toMatchObject(refused);
  expect(listed()).toBe(2);
  now = 120_000;
  await expect(admission.admit(alice, start)).rejects.toMatchObject(refused);
  isBusy = false;
  now = 180_000;
  await admission.admit(alice, start);
});

test('after a failure the next job asks again', async () => {
  let fails = true;
  const { executions } = running(() => {
    if (fails) throw new Error('AccessDenied');
    return 0;
  });
  const admission = createAdmission(executions, () => 0);
  await expect(admission.admit(alice, start)).rejects.toThrow('AccessDenied');
  fails = false;
  await admission.admit(alice, start);
});

test('one caller gets half of the places, over all counts', async () => {
  const started: string[] = [];
  let now = 0;
  const { executions } = running(() => 0);
  executions.running = async function* () {
    for (const name of started) yield { name, startedAt: new Date(0) };
  };
  const admission = createAdmission(executions, () => now);
  const startOf = (owner: string) =>
    admission.admit(owner, async () => {
      started.push(withTag(newJobId(), owner));
    });
  for (let job = 0; job < MOST_RUNNING_JOBS_OF_OWNER; job += 1) {
    now += 1000;
    await startOf(alice);
  }
  await expect(startOf(alice)).rejects.toMatchObject({
    ...refused,
    detail: expect.stringContaining('caller'),
  });
  for (let job = 0; job < MOST_RUNNING_JOBS_OF_OWNER; job += 1) await startOf(bob);
  await expect(startOf(ownerTag('salt', ownerOf('carol')))).rejects.toMatchObject(refused);
});

test('the id of a job says whose it is, and stays an id', () => {
  const ids = Array.from({ length: 10 }, () => withTag(newJobId(), alice));
  expect(new Set(ids).size).toBe(10);
  expect(ids.every((id) => isJobId(id) && tagOf(id) === alice)).toBe(true);
  expect(alice).not.toBe(bob);
});
