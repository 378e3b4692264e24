import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { sendPhotos } from '../../../lambda/operations/synthetic-traffic.ts';
import { classified, EGYPTIAN_CAT, TEAPOT } from './hook.ts';

const lambda = new LambdaClient({ region: 'eu-central-1' });
const mock = mockClient(lambda);
const canary = {
  lambda,
  target: 'classify:live',
  photo: new Uint8Array(),
  expectedClasses: [EGYPTIAN_CAT.wnid],
};
const { signal } = new AbortController();
const photos = () => mock.commandCalls(InvokeCommand).length;

beforeEach(() => {
  mock.reset();
  mock.on(InvokeCommand).resolves(classified(EGYPTIAN_CAT));
});

test('a wait without photos sends none', async () => {
  const plan = { durationMs: 1, photosPerMinute: 0 };
  expect(await sendPhotos(canary, plan, { version: '7', signal })).toMatchObject({ correct: 0 });
  expect(photos()).toBe(0);
});

test('no time sends no photo', async () => {
  await sendPhotos(canary, { durationMs: 0, photosPerMinute: 600 }, { version: '7', signal });
  expect(photos()).toBe(0);
});

test('a wrong answer ends it', async () => {
  mock.on(InvokeCommand).resolves(classified(TEAPOT));
  const plan = { durationMs: 1000, photosPerMinute: 600 };
  await expect(sendPhotos(canary, plan, { version: '7', signal })).rejects.toThrow('(teapot)');
  await expect(sendPhotos(canary, plan, { version: undefined, signal })).rejects.toThrow('(teapot)');
  expect(photos()).toBe(2);
});

test('a deadline ends it', async () => {
  const controller = new AbortController();
  mock.on(InvokeCommand).callsFake(async () => {
    controller.abort(new Error('too late'));
    return classified(EGYPTIAN_CAT);
  });
  const plan = { durationMs: 60_000, photosPerMinute: 1 };
  await expect(sendPhotos(canary, plan, { version: '7', signal: controller.signal })).rejects.toThrow(
    'too late',
  );
});
