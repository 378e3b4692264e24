import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Container, startContainer } from '../../scripts/lib/docker/container.ts';
import { INVOKE_PATH } from '../../scripts/lib/docker/docker.ts';
import { containerResidentMiB } from '../../scripts/lib/docker/service-process.ts';
import { retry } from '../../scripts/lib/system/wait.ts';
import { formRequest, type GatewayRequest, httpEvent, restEvent } from '../support/lambda-events.ts';
import { MODEL_DIR, readRepositoryFile } from '../support/model.ts';
import { expectDocumented, expectProblem } from '../support/openapi.ts';

const LAMBDA_LIKE = ['--read-only', '--tmpfs=/tmp', '--memory=1769m', '--cpus=1'];
const cat = readRepositoryFile('examples/cat.jpg');
/** Growth of resident memory over 200 invocations of a warm environment. */
const GROWTH_LIMIT_MIB = 20;

const invokeRaw = ({ url }: Container, payload: string): Promise<Response> =>
  retry(() => fetch(`${url}${INVOKE_PATH}`, { method: 'POST', body: payload }));

async function invoke(emulator: Container, event: unknown) {
  const response = await invokeRaw(emulator, JSON.stringify(event));
  const result = (await response.json()) as APIGatewayProxyResult;
  const mediaType = String(result.headers?.['content-type']).split(';')[0] ?? '';
  return { status: result.statusCode, mediaType, body: JSON.parse(result.body) };
}

const raw: GatewayRequest = {
  method: 'POST',
  path: '/predict',
  headers: { 'content-type': 'image/jpeg' },
  body: cat,
};
const inJson: GatewayRequest = {
  method: 'POST',
  path: '/predict',
  headers: { 'content-type': 'application/json' },
  text: JSON.stringify({ image: Buffer.from(cat).toString('base64') }),
};

describe.skipIf(!inject('engine'))('the function under the Runtime Interface Emulator', () => {
  let emulator: Container;
  beforeAll(async () => {
    emulator = await startContainer({ options: LAMBDA_LIKE });
  });
  afterAll(() => emulator?.[Symbol.asyncDispose]());

  describe.each([
    ['REST API (v1)', restEvent],
    ['HTTP API (v2)', httpEvent],
  ] as const)('%s', (_name, eventOf) => {
    test.each([
      ['raw', async () => raw],
      ['in base64', async () => inJson],
      ['as a form', () => formRequest(cat)],
    ])('an image sent %s', async (_how, requestOf) => {
      const answer = await invoke(emulator, eventOf(await requestOf()));
      expectDocumented('POST', '/predict', answer);
      expect(answer).toMatchObject({
        status: 200,
        body: { predictions: [{ label: 'Egyptian cat' }, {}, {}, {}, {}], image: { bytes: cat.byteLength } },
      });
    });

    test('errors are problem responses', async () => {
      expectProblem(await invoke(emulator, eventOf({ path: '/nope' })), 404, 'not_found');
    });
  });

  test.each([
    ['an object', {}],
    ['null', null],
    ['text', 'cat.jpg'],
    ['half an event', { version: '2.0', rawPath: 'predict', requestContext: {} }],
    ['a body that is not text', { ...httpEvent(raw), body: 7 }],
  ])('answers %s with a problem, and serves the next event', async (_name, event) => {
    expectProblem(await invoke(emulator, event), 400, 'invalid_request');
    expect(await invoke(emulator, restEvent({ path: '/health' }))).toMatchObject({ status: 200 });
  });

  test('writes only logs, metrics and the emulator’s output, and sends no telemetry', async () => {
    const lines = (await emulator.logs()).trim().split('\n');
    const others = lines.filter(
      (line) =>
        !/^(\{"level"|\{"_aws"|START |END |REPORT |\d\d \w{3} \d{4} [\d:,]+ \[(INFO|WARNING)\] )/.test(line),
    );
    expect(others).toEqual([]);
  });

  test('an event that is not JSON fails the invocation, but not the environment', async () => {
    const response = await invokeRaw(emulator, '{"half":');
    expect(await response.json()).toMatchObject({ errorType: expect.any(String) });
    expect(await invoke(emulator, restEvent({ path: '/health' }))).toMatchObject({ status: 200 });
  });

  test('200 invocations in a row do not increase memory', { timeout: 120_000 }, async () => {
    const event = restEvent(raw);
    for (let index = 0; index < 50; index += 1) await invoke(emulator, event);
    const before = await containerResidentMiB(emulator);
    for (let index = 0; index < 200; index += 1) {
      expect(await invoke(emulator, event)).toMatchObject({ status: 200 });
    }
    expect((await containerResidentMiB(emulator)) - before).toBeLessThan(GROWTH_LIMIT_MIB);
  });

  test('several environments serve 50 concurrent invocations, each one at a time', {
    timeout: 120_000,
  }, async () => {
    await using second = await startContainer({ options: LAMBDA_LIKE });
    const pending = Array.from({ length: 50 }, (_, index) => (index % 2 ? httpEvent(raw) : restEvent(raw)));
    // Like Lambda: one emulator is one environment, and it exits if it gets a second event at the same time.
    const environment = async (container: Container) => {
      const labels: string[] = [];
      for (let event = pending.pop(); event; event = pending.pop()) {
        labels.push((await invoke(container, event)).body.predictions[0].label);
      }
      return labels;
    };
    const labels = (await Promise.all([emulator, second].map(environment))).flat();
    expect(labels).toEqual(Array.from({ length: 50 }, () => 'Egyptian cat'));
  });
});

describe.skipIf(!inject('engine'))('a damaged model bundle', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'damaged-'));
    await cp(MODEL_DIR, join(directory, 'model'), { recursive: true });
    await writeFile(join(directory, 'model/resnet50-int8.onnx'), 'not a model');
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('fails the init phase with one log line', async () => {
    await using emulator = await startContainer({
      options: [...LAMBDA_LIKE, `--volume=${directory}/model:/model:ro`, '--env=MODELS=/model'],
    });
    const response = await invokeRaw(emulator, JSON.stringify(restEvent({ path: '/health' })));
    expect(await response.json()).toMatchObject({ errorType: expect.any(String) });
    const lines = (await emulator.logs()).split('\n').filter((line) => line.includes('could not be loaded'));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: 'CRITICAL',
        message: 'The model could not be loaded',
        reason: expect.stringMatching(
          /resnet50-int8\.onnx: expected sha256 [0-9a-f]{64}, got [0-9a-f]{64}; see docs\/troubleshooting\.md#model-checksum$/,
        ),
      }),
    ]);
  });
});
