import { CodeDeployClient, StopDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { readShiftSettings } from '../../../lambda/operations/settings.ts';
import { shiftWatch, startShiftWatch } from '../../../lambda/operations/shift-watch.ts';
import { createLogger } from '../../../lambda/telemetry/powertools.ts';
import { answered, classified, EGYPTIAN_CAT, TEAPOT } from './hook.ts';

const region = 'eu-central-1';
const lambda = new LambdaClient({ region });
const codeDeploy = new CodeDeployClient({ region });
const lambdaMock = mockClient(lambda);
const codeDeployMock = mockClient(codeDeploy);
const EVENT = { DeploymentId: 'd-ABC' };
/** Ten photos a second, and time for three of them. */
const RATE = '600';
const FOR_THREE_MS = 250;

/** Runs the function once. @returns its log lines. */
async function watch(remainingMs = 20_000 + FOR_THREE_MS) {
  const log: { level: string; line: unknown }[] = [];
  const logger = createLogger({ logLevel: 'SILENT' });
  const keep = (level: string) => (message: unknown, line: unknown) =>
    void log.push({ level, line: { message, ...(line as object) } });
  Object.assign(logger, { info: keep('info'), error: keep('error') });
  const environment = {
    TARGET_FUNCTION: 'classify:live',
    EXPECTED_VERSION: '7',
    SHIFT_MINUTES: '6',
    PHOTOS_PER_MINUTE: RATE,
  };
  const readSettings = () => readShiftSettings(environment);
  const handler = shiftWatch({ lambda, codeDeploy, logger, readSettings });
  await handler(EVENT, { getRemainingTimeInMillis: () => remainingMs });
  return log;
}
const stopped = () => codeDeployMock.commandCalls(StopDeploymentCommand).map(({ args }) => args[0].input);
const photos = () => lambdaMock.commandCalls(InvokeCommand).length;

beforeEach(() => {
  lambdaMock.reset();
  codeDeployMock.reset();
  codeDeployMock.on(StopDeploymentCommand).resolves({});
  lambdaMock.on(InvokeCommand).resolves(classified(EGYPTIAN_CAT, '6'));
});

describe('photos during the shift', () => {
  test('are sent through the alias at even intervals, for as long as Lambda allows', async () => {
    lambdaMock
      .on(InvokeCommand)
      .resolvesOnce(classified(EGYPTIAN_CAT, '7'))
      .resolves(classified(EGYPTIAN_CAT, '6'));
    expect(await watch()).toEqual([
      {
        level: 'info',
        line: {
          message: 'canary-traffic',
          deployment_id: 'd-ABC',
          correct: 3,
          undelivered: 0,
          versions: { '6': 2, '7': 1 },
        },
      },
    ]);
    expect(lambdaMock.commandCalls(InvokeCommand)[0]?.args[0].input.FunctionName).toBe('classify:live');
    expect(stopped()).toEqual([]);
  });

  test.each([
    ['a wrong class', classified(TEAPOT, '7'), 'got n04398044 (teapot)'],
    [
      'an error of the service',
      answered({ statusCode: 500, body: '{}' }, { ExecutedVersion: '7' }),
      'got 500',
    ],
    ['a crash', answered('{}', { FunctionError: 'Unhandled', ExecutedVersion: '7' }), 'got Unhandled error'],
  ])('stop the deployment after %s of the new version', async (_what, answer, reason) => {
    lambdaMock.on(InvokeCommand).resolvesOnce(classified(EGYPTIAN_CAT, '7')).resolves(answer);
    const log = await watch();
    expect(log).toEqual([
      { level: 'error', line: expect.objectContaining({ reason: expect.stringContaining(reason) }) },
    ]);
    expect(stopped()).toEqual([{ deploymentId: 'd-ABC', autoRollbackEnabled: true }]);
    expect(photos()).toBe(2);
  });

  test('do not stop it after an error of the version that is about to be replaced', async () => {
    lambdaMock
      .on(InvokeCommand)
      .resolves(answered({ statusCode: 500, body: '{}' }, { ExecutedVersion: '6' }));
    expect(await watch()).toEqual([
      { level: 'info', line: expect.objectContaining({ correct: 0, versions: { '6': 3 } }) },
    ]);
    expect(stopped()).toEqual([]);
  });

  test('do not stop it if Lambda refuses a call', async () => {
    lambdaMock
      .on(InvokeCommand)
      .rejectsOnce(Object.assign(new Error('busy'), { name: 'TooManyRequestsException' }))
      .resolves(classified(EGYPTIAN_CAT, '7'));
    expect(await watch()).toEqual([
      { level: 'info', line: expect.objectContaining({ correct: 2, undelivered: 1 }) },
    ]);
    expect(stopped()).toEqual([]);
  });

  test('are started without waiting for them', async () => {
    await startShiftWatch(lambda, 'traffic', EVENT);
    expect(lambdaMock.commandCalls(InvokeCommand)[0]?.args[0].input).toEqual({
      FunctionName: 'traffic',
      InvocationType: 'Event',
      Payload: '{"DeploymentId":"d-ABC"}',
    });
  });
});
