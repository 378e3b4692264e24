import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { restEvent } from '../support/lambda-events.ts';
import { MODEL_DIR, readRepositoryFile } from '../support/model.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const TINY = { name: 'tiny', version: '1.0.0' };
const RESNET = { name: 'resnet50', version: '1.0.0' };
const onLambda = { AWS_LAMBDA_FUNCTION_NAME: 'classify', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769' };

/** A repository of models: ResNet-50, and two bundles beside it of which one cannot be loaded. */
let repository: string;
const running: ServiceProcess[] = [];

beforeAll(async () => {
  repository = await mkdtemp(join(tmpdir(), 'models-'));
  await symlink(MODEL_DIR, join(repository, 'resnet50'));
  await writeTinyBundle(join(repository, 'tiny'), TINY);
  await writeTinyBundle(join(repository, 'twin'), { ...TINY, description: 'Another one of the same name.' });
  await writeTinyBundle(join(repository, 'damaged'), { name: 'damaged', version: '1.0.0' });
  await writeFile(join(repository, 'damaged', 'tiny.onnx'), 'not a model');
});
afterEach(() => {
  for (const { process } of running.splice(0)) process.kill('SIGKILL');
});
afterAll(() => rm(repository, { recursive: true }));

function start(environment: Record<string, string>): ServiceProcess {
  const service = startProcess(['lambda/server.ts'], {
    PORT: '0',
    MODEL_REPOSITORY: repository,
    ...environment,
  });
  running.push(service);
  return service;
}

async function urlOf(service: ServiceProcess): Promise<string> {
  const { message } = await service.logged(({ message }) => String(message).startsWith('Ready on '));
  return String(message).slice('Ready on '.length);
}

const jsonOf = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const photo = { method: 'POST', body: cat };

describe('the HTTP server', () => {
  test('answers with the default model, and with another if the request chooses it', async () => {
    const service = start({ MODELS: 'resnet50,tiny' });
    const url = await urlOf(service);
    expect(await jsonOf(`${url}/predict`, photo)).toMatchObject({
      status: 200,
      body: { model: RESNET, predictions: [{ label: 'Egyptian cat' }, {}, {}, {}, {}] },
    });
    // Not yet loaded, unless this machine is slow.
    expect(await jsonOf(`${url}/predict?model=tiny`, photo)).toMatchObject({
      status: 200,
      body: { model: TINY },
    });
    const line = await service.logged(({ model }) => model === 'tiny');
    expect(line).toMatchObject({ message: 'request', route: '/predict', model_version: '1.0.0' });
    expect(await jsonOf(`${url}/ready`)).toMatchObject({
      status: 200,
      body: {
        model: RESNET,
        models: [
          { ...RESNET, state: 'ready' },
          { ...TINY, state: 'ready' },
        ],
      },
    });
    expect(await jsonOf(`${url}/models/tiny%401.0.0`)).toMatchObject({ status: 200, body: TINY });
  });

  test('takes the paths of bundles, and loads them without a request', async () => {
    const url = await urlOf(start({ MODELS: `${join(repository, 'tiny')},resnet50` }));
    expect(await jsonOf(`${url}/model`)).toMatchObject({ status: 200, body: TINY });
    await expect
      .poll(async () => (await jsonOf(`${url}/models`)).body, { timeout: 20_000 })
      .toMatchObject({
        models: [
          { ...TINY, state: 'ready' },
          { ...RESNET, state: 'ready' },
        ],
      });
  });

  test.each([['is damaged', 'damaged', /damaged\/tiny\.onnx: expected sha256 /]])(
    'logs that another model %s, is not ready, and keeps serving',
    async (_what, name, reason) => {
      const service = start({ MODELS: `resnet50,${name},tiny` });
      const url = await urlOf(service);
      await expect.poll(service.stderr, { timeout: 20_000 }).toMatch(/"The model could not be loaded"/);
      const line = JSON.parse(
        service
          .stderr()
          .split('\n')
          .find((text) => text.includes('could not be loaded')) ?? '',
      );
      expect(line).toMatchObject({ level: 'CRITICAL', reason: expect.stringMatching(reason) });
      expect(await jsonOf(`${url}/ready`)).toMatchObject({ status: 503, body: { code: 'not_ready' } });
      expect((await jsonOf(`${url}/health`)).status).toBe(200);
      expect((await jsonOf(`${url}/predict`, photo)).status).toBe(200);
      expect((await jsonOf(`${url}/predict?model=tiny`, photo)).status).toBe(200);
      expect((await jsonOf(`${url}/predict?model=${name}`, photo)).status).toBe(503);
    },
  );

  test.each([
    [
      { MODELS: 'resnet50,tiny,twin' },
      'Cannot start. MODELS: expected each name and version of a model once, got tiny@1.0.0 twice\n',
    ],
    [
      // All bundles of the repository.
      {},
      'Cannot start. MODELS: expected each name and version of a model once, got tiny@1.0.0 twice\n',
    ],
    [
      { MODELS: 'resnet50,nowhere,tiny' },
      /^Cannot start\. MODELS: expected a folder with a model bundle, got .*nowhere \(no manifest\.json\); see docs\/troubleshooting\.md#no-model-in-the-folder\n$/,
    ],
    [
      { MODELS: 'resnet50,resnet50' },
      'Cannot start. Invalid settings:\n  MODELS: expected folders of model bundles (not NAME@VERSION), separated by commas, each once, got "resnet50,resnet50"\n',
    ],
    [
      { MODEL_DIR: './my-model' },
      'Cannot start. Invalid settings:\n  MODEL_DIR is no longer a setting: use MODELS, which takes the same path, got "./my-model"\n',
    ],
  ])('does not start with %j, and says why', async (environment, message) => {
    const service = start(environment as Record<string, string>);
    expect(await service.exitCode).toBe(1);
    if (typeof message === 'string') expect(service.stderr()).toBe(message);
    else expect(service.stderr()).toMatch(message);
  });
});

describe('the Lambda entry', () => {
  async function invoke(events: readonly unknown[], environment: Record<string, string>) {
    const file = join(repository, 'events.json');
    await writeFile(file, JSON.stringify(events));
    const service = startProcess(['test/e2e/invoke.ts', file], {
      ...onLambda,
      MODEL_REPOSITORY: repository,
      ...environment,
    });
    const code = await service.exitCode;
    const lines = service
      .stderr()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    return {
      code,
      lines,
      results: lines.flatMap(({ result }) => (result ? [result as APIGatewayProxyResult] : [])),
      metrics: service.logs().filter((line) => '_aws' in line),
    };
  }

  const predict = (query?: Record<string, string>) =>
    restEvent({ method: 'POST', path: '/predict', body: cat, ...(query ? { query } : {}) });

  test('has all models loaded before the first request, and names them in the metrics', async () => {
    const { code, results, metrics } = await invoke(
      [restEvent({ path: '/ready' }), predict(), predict({ model: 'tiny' }), predict({ model: 'vgg' })],
      { MODELS: 'resnet50,tiny' },
    );
    expect(code).toBe(0);
    const bodies = results.map(({ body }) => JSON.parse(body));
    expect(bodies).toMatchObject([
      {
        model: RESNET,
        models: [
          { ...RESNET, state: 'ready' },
          { ...TINY, state: 'ready' },
        ],
      },
      { model: RESNET, predictions: [{ label: 'Egyptian cat' }, {}, {}, {}, {}] },
      { model: TINY },
      { code: 'model_not_found' },
    ]);
    expect(metrics[2]).toMatchObject({ model: 'tiny', model_version: '1.0.0', Predictions: 1 });
    expect(JSON.stringify(metrics[2]?.['_aws'])).toMatch(
      /"Dimensions":\[\["(service","stage|stage","service)"\]\]/,
    );
  });

  test('loads only ResNet-50 if nothing says otherwise', async () => {
    const { results } = await invoke([restEvent({ path: '/models' })], {});
    expect(JSON.parse(results[0]?.body ?? '')).toEqual({ models: [{ ...RESNET, state: 'ready' }] });
  });

  test.each([
    ['resnet50,damaged', /damaged\/tiny\.onnx: expected sha256 /],
    ['resnet50,nowhere', /^MODELS: expected a folder with a model bundle, got .*nowhere/],
    ['tiny,twin', /^MODELS: expected each name and version of a model once, got tiny@1\.0\.0 twice$/],
  ])('fails its init phase with MODELS=%s, and one line says why', async (MODELS, reason) => {
    const { code, lines } = await invoke([restEvent({ path: '/health' })], { MODELS });
    expect(code).not.toBe(0);
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'CRITICAL',
        message: 'The model could not be loaded',
        reason: expect.stringMatching(reason),
      }),
    ]);
  });
});
