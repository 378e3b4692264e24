import { expect, test } from 'vitest';
import type { Executions } from '../../../../lambda/jobs/cloud/executions/executions.ts';
import { rememberDescriptions } from '../../../../lambda/jobs/cloud/executions/remembered.ts';

const startedAt = new Date(0);

function counted() {
  const asked: string[] = [];
  let now = 0;
  const executions: Executions = {
    start: async () => {},
    async describe(name) {
      asked.push(name);
      if (name === 'busy') throw new Error('overloaded');
      return { status: 'running', startedAt, stoppedAt: undefined };
    },
    stop: async () => startedAt,
    async *running() {},
  };
  const remembered = rememberDescriptions(executions, () => now);
  return { remembered, asked, wait: (ms: number) => (now += ms) };
}

test('Step Functions is asked once in two seconds for each execution', async () => {
  const { remembered, asked, wait } = counted();
  await Promise.all([remembered.describe('a'), remembered.describe('a'), remembered.describe('b')]);
  wait(1999);
  expect(await remembered.describe('a')).toMatchObject({ status: 'running' });
  expect(asked).toEqual(['a', 'b']);
  wait(1);
  await remembered.describe('a');
  await remembered.describe('a');
  expect(asked).toEqual(['a', 'b', 'a']);
});

test('a refusal of Step Functions is remembered too', async () => {
  const { remembered, asked } = counted();
  await expect(remembered.describe('busy')).rejects.toThrow('overloaded');
  await expect(remembered.describe('busy')).rejects.toThrow('overloaded');
  expect(asked).toEqual(['busy']);
});

test('an execution that is started or stopped is described anew', async () => {
  const { remembered, asked } = counted();
  await remembered.describe('a');
  await remembered.start('a', {});
  await remembered.describe('a');
  await remembered.stop('a');
  await remembered.describe('a');
  expect(asked).toEqual(['a', 'a', 'a']);
});
