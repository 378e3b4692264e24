import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { waitUntilActive } from '../../../lambda/operations/active.ts';

const lambda = new LambdaClient({ region: 'eu-central-1' });
const mock = mockClient(lambda);
const options = { pauseMs: 0 };
const looks = () => mock.commandCalls(GetFunctionConfigurationCommand).length;
const invocations = () =>
  mock.commandCalls(InvokeCommand).map(({ args: [command] }) => command.input.FunctionName);

beforeEach(() => mock.reset());

test('an active version is not called', async () => {
  mock.on(GetFunctionConfigurationCommand, { FunctionName: 'classify:7' }).resolves({ State: 'Active' });
  await waitUntilActive(lambda, 'classify:7', options);
  expect(invocations()).toEqual([]);
});

test('an inactive version is called, which Lambda refuses, and is active later', async () => {
  mock
    .on(GetFunctionConfigurationCommand)
    .resolvesOnce({ State: 'Inactive' })
    .resolvesOnce({ State: 'Pending' })
    .resolves({ State: 'Active' });
  mock.on(InvokeCommand).rejects(Object.assign(new Error('inactive'), { name: 'ResourceNotReadyException' }));
  await waitUntilActive(lambda, 'classify:7', options);
  expect(invocations()).toEqual(['classify:7']);
  expect(looks()).toBe(3);
});

test('a version that stays pending is given up', async () => {
  mock.on(GetFunctionConfigurationCommand).resolves({ State: 'Pending' });
  await expect(waitUntilActive(lambda, 'classify:7', { limitMs: 0, pauseMs: 0 })).rejects.toThrow(
    'expected classify:7 to be Active within 0 s, got Pending',
  );
});

test('a version that failed is given up at once, with the reason', async () => {
  mock.on(GetFunctionConfigurationCommand).resolves({ State: 'Failed', StateReason: 'no image' });
  await expect(waitUntilActive(lambda, 'classify:7', options)).rejects.toThrow('got Failed: no image');
  expect(looks()).toBe(1);
});
