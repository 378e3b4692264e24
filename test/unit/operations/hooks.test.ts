import { describe, expect, test } from 'vitest';
import { gatewayHandler } from '../../../lambda/http/gateway.ts';
import type { HookDependencies } from '../../../lambda/operations/traffic-hook.ts';
import { testApp } from '../../support/app.ts';
import { lambdaContext } from '../../support/lambda-events.ts';
import { labels, readRepositoryFile } from '../../support/model.ts';
import { answered, classified, EGYPTIAN_CAT, report, runHook, TARGET_FUNCTION, TEAPOT } from './hook.ts';

const never = () => new Promise<never>(() => {});

describe.each(['pre-traffic', 'post-traffic'] as const)('the %s hook', (kind) => {
  test('reports success if the target classifies the photo correctly', async () => {
    const { reports, log } = await runHook(kind, async () => classified(EGYPTIAN_CAT));
    expect(reports).toEqual([report('Succeeded')]);
    expect(log).toEqual([
      {
        level: 'info',
        line: {
          message: kind,
          deployment_id: 'd-ABC',
          status: 'Succeeded',
          label: 'Egyptian cat',
          probability: 0.9,
        },
      },
    ]);
  });

  test.each([
    [
      'another class',
      async () => classified(TEAPOT),
      /^expected one of the classes .*n02124075.*, got n04398044 \(teapot\)$/,
    ],
    [
      'a function that failed',
      async () => answered({ errorMessage: 'no model' }, { FunctionError: 'Unhandled' }),
      /^expected an answer from .*classify:7, got Unhandled error: .*no model/,
    ],
    [
      'an answer of 503',
      async () => answered({ statusCode: 503, body: '{"code":"not_ready"}' }),
      /^expected status 200 from .*classify:7, got 503: .*not_ready/,
    ],
    ['an answer of another form', async () => answered('Hello'), /^expected an HTTP answer .*got Hello$/],
    ['nothing', async () => ({ $metadata: {} }), /^expected an HTTP answer .*got nothing$/],
    [
      'a body without predictions',
      async () => answered({ statusCode: 200, body: '{}' }),
      /predictions .*got {}$/,
    ],
    ['a call that Lambda refuses', () => Promise.reject(new Error('AccessDenied: no')), /^AccessDenied: no$/],
    ['a thrown value that is not an Error', () => Promise.reject('boom'), /^boom$/],
  ])('reports failure for %s, with the reason in one log line', async (_what, invoke, reason) => {
    const { reports, log } = await runHook(kind, invoke);
    expect(reports).toEqual([report('Failed')]);
    expect(log).toEqual([
      {
        level: 'error',
        line: {
          message: kind,
          deployment_id: 'd-ABC',
          status: 'Failed',
          reason: expect.stringMatching(reason),
        },
      },
    ]);
  });

  test('reports failure for a version that does not pass the smoke test', async () => {
    const smoke = () => answered({ statusCode: 500, body: '{"code":"internal"}' });
    const { reports, log } = await runHook(kind, async () => classified(EGYPTIAN_CAT), { smoke });
    expect(reports).toEqual([report('Failed')]);
    expect(log[0]?.line).toMatchObject({
      reason: expect.stringMatching(/^health: expected status 200.*, got status 500: .*internal/),
    });
  });

  test('reports failure before its own timeout', async () => {
    const { reports, log } = await runHook(kind, never, { remainingMs: 5020 });
    expect(reports).toEqual([report('Failed')]);
    expect(log[0]?.line).toMatchObject({ reason: 'expected an answer within 20 ms, got none' });
  });

  test('reports failure if there is no time left', async () => {
    const { reports } = await runHook(kind, never, { remainingMs: 3000 });
    expect(reports).toEqual([report('Failed')]);
  });

  test('reports failure for an invalid setting, and names it', async () => {
    const environment = { TARGET_FUNCTION: 'classify' };
    const { reports, log, invocations } = await runHook(kind, never, { environment });
    expect(reports).toEqual([report('Failed')]);
    expect(log[0]?.line).toMatchObject({ reason: expect.stringContaining('TARGET_FUNCTION: expected') });
    expect(invocations).toEqual([]);
  });

  test('reports failure if the photo does not exist', async () => {
    const environment = { CANARY_PHOTO: '/nowhere/cat.jpg' };
    const { reports, log } = await runHook(kind, never, { environment });
    expect(reports).toEqual([report('Failed')]);
    expect(log[0]?.line).toMatchObject({ reason: expect.stringContaining('/nowhere/cat.jpg') });
  });

  test.each([
    ['a WordNet id', [TEAPOT.wnid], TEAPOT],
    ['a label', ['kettle', 'teapot'], TEAPOT],
    ['the label of a model without WordNet ids', ['pot, for tea'], { label: 'pot, for tea' }],
  ])('accepts only the classes in EXPECTED_CLASSES: %s', async (_what, classes, answer) => {
    const environment = { EXPECTED_CLASSES: JSON.stringify(classes) };
    const right = await runHook(kind, async () => classified(answer), { environment });
    expect(right.reports).toEqual([report('Succeeded')]);
    for (const other of [EGYPTIAN_CAT, { label: 'a cat' }]) {
      const wrong = await runHook(kind, async () => classified(other), { environment });
      expect(wrong.reports).toEqual([report('Failed')]);
      expect(wrong.log[0]?.line).toMatchObject({
        reason: expect.stringMatching(new RegExp(`^expected one of the classes .*, got .*${other.label}`)),
      });
    }
  });

  test('sends an event that the service reads as the photo', async () => {
    const { invocations } = await runHook(kind, async () => classified(EGYPTIAN_CAT));
    const { app, requests } = testApp();
    const result = await gatewayHandler(app)(invocations[0]?.payload, lambdaContext);
    expect(invocations[0]?.target).toBe(TARGET_FUNCTION);
    expect(result.statusCode).toBe(200);
    expect(JSON.parse(result.body)).toMatchObject({
      predictions: [labels[7]],
      image: { bytes: readRepositoryFile('examples/cat.jpg').byteLength },
    });
    expect(requests[0]?.route).toBe('/predict');
  });
});

test('the pre-traffic hook sends the photo once, before the smoke test', async () => {
  const { invocations } = await runHook('pre-traffic', async () => classified(EGYPTIAN_CAT));
  expect(invocations).toHaveLength(1);
});

describe('the version behind the alias', () => {
  const environment = { TARGET_FUNCTION: 'classify:live', EXPECTED_VERSION: '7' };

  test('must give five correct answers', async () => {
    const { reports, invocations } = await runHook(
      'post-traffic',
      async () => classified(EGYPTIAN_CAT, '7'),
      {
        environment,
      },
    );
    expect(reports).toEqual([report('Succeeded')]);
    expect(invocations).toHaveLength(5);
  });

  test('fails if one of the five answers is wrong', async () => {
    const { reports } = await runHook(
      'post-traffic',
      async (count) => classified(count === 5 ? TEAPOT : EGYPTIAN_CAT, '7'),
      { environment },
    );
    expect(reports).toEqual([report('Failed')]);
  });

  test('may be the previous one for a moment, and must then give five correct answers in a row', async () => {
    const stale = new Set([1, 2, 5]);
    const { reports, invocations } = await runHook(
      'post-traffic',
      async (count) => classified(EGYPTIAN_CAT, stale.has(count) ? '6' : '7'),
      { environment },
    );
    expect(reports).toEqual([report('Succeeded')]);
    expect(invocations).toHaveLength(10);
  });

  test('fails if it stays the previous one', async () => {
    const { reports, log } = await runHook('post-traffic', async () => classified(EGYPTIAN_CAT, '6'), {
      environment,
    });
    expect(reports).toEqual([report('Failed')]);
    expect(log[0]?.line).toMatchObject({
      reason: 'expected classify:live to invoke version 7, got version 6',
    });
  });
});

describe('after the shift', () => {
  // Ten photos a second, and time for three of them.
  const settings = { bakeMs: 250, photosPerMinute: 600, expectedVersion: '7' };

  test('the hook keeps the deployment open, and sends photos', async () => {
    const { reports, invocations } = await runHook('post-traffic', async () => classified(EGYPTIAN_CAT), {
      settings,
    });
    expect(reports).toEqual([report('Succeeded')]);
    expect(invocations).toHaveLength(8);
  });

  test('a wrong answer in that time fails the deployment', async () => {
    const invoke = async (count: number) => classified(count === 7 ? TEAPOT : EGYPTIAN_CAT);
    const { reports, invocations } = await runHook('post-traffic', invoke, { settings });
    expect(reports).toEqual([report('Failed')]);
    expect(invocations).toHaveLength(7);
  });

  test('only the version that passed is followed up', async () => {
    const followed: unknown[] = [];
    const followUp: HookDependencies['followUp'] = async (
      { functionName },
      { executedVersion },
      { DeploymentId },
    ) => void followed.push([functionName, executedVersion, DeploymentId]);
    await runHook('post-traffic', async () => classified(EGYPTIAN_CAT), { followUp });
    await runHook('post-traffic', async () => classified(TEAPOT), { followUp });
    expect(followed).toEqual([['classify', '7', 'd-ABC']]);
  });

  test('a good version stays although the follow-up failed, and the log says so', async () => {
    const { reports, log } = await runHook('post-traffic', async () => classified(EGYPTIAN_CAT), {
      followUp: () => Promise.reject(new Error('AccessDenied: no')),
    });
    expect(reports).toEqual([report('Succeeded')]);
    expect(log).toEqual([
      { level: 'error', line: expect.objectContaining({ follow_up_error: 'AccessDenied: no' }) },
    ]);
  });
});

describe('the permission for a new version', () => {
  const denied = () => Promise.reject(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));

  test('may take a moment to apply', async () => {
    const { reports, invocations } = await runHook('pre-traffic', async (count) =>
      count < 3 ? denied() : classified(EGYPTIAN_CAT),
    );
    expect(reports).toEqual([report('Succeeded')]);
    expect(invocations).toHaveLength(3);
  });

  test('fails if it never applies', async () => {
    const { reports, invocations } = await runHook('pre-traffic', denied);
    expect(reports).toEqual([report('Failed')]);
    expect(invocations).toHaveLength(5);
  });
});
