import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { METRIC } from '../../lambda/telemetry/names.ts';
import { httpEvent, restEvent } from '../support/lambda-events.ts';
import { readRepositoryFile } from '../support/model.ts';
import { startProcess } from '../support/process.ts';

const onLambda = {
  AWS_LAMBDA_FUNCTION_NAME: 'classify',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_REGION: 'eu-central-1',
  STAGE: 'prod',
};

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'events-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function invoke(
  events: readonly unknown[],
  environment: Record<string, string> = onLambda,
  nodeArguments: readonly string[] = [],
) {
  const file = join(directory, 'events.json');
  await writeFile(file, JSON.stringify(events));
  const service = startProcess([...nodeArguments, 'test/e2e/invoke.ts', file], environment);
  const code = await service.exitCode;
  const lines = service.logs();
  const answers = () =>
    service
      .stderr()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { result: APIGatewayProxyResult; hasLibvips: boolean })
      // The lines of the log at level ERROR are on standard error, too.
      .filter((line) => 'result' in line);
  return {
    code,
    stderr: service.stderr(),
    results: () => answers().map(({ result }) => result),
    hasLibvips: () => answers().map((answer) => answer.hasLibvips),
    logs: lines.filter((line) => !('_aws' in line)),
    metrics: lines.filter((line) => '_aws' in line),
  };
}

const post = (path: string, body: Uint8Array) => ({ method: 'POST', path, body });
const cat = readRepositoryFile('examples/cat.jpg');
const png = readRepositoryFile('examples/cat.png');
const provisioned = { ...onLambda, AWS_LAMBDA_INITIALIZATION_TYPE: 'provisioned-concurrency' };
const BROKEN_SHARP = ['--import', './test/e2e/broken-sharp.ts'];

interface Emf {
  readonly CloudWatchMetrics: readonly [
    {
      readonly Namespace: string;
      readonly Dimensions: string[][];
      readonly Metrics: { Name: string; Unit: string }[];
    },
  ];
}
function directive(line: Record<string, unknown> | undefined): Emf['CloudWatchMetrics'][0] {
  const emf = line?.['_aws'] as Emf | undefined;
  if (!emf) throw new Error('this line holds no metrics');
  return emf.CloudWatchMetrics[0];
}

describe('the Lambda entry', () => {
  test('classifies events of both payload formats, and writes the log and the metrics for CloudWatch', async () => {
    const { code, results, logs, metrics } = await invoke([
      restEvent(post('/predict', cat)),
      httpEvent(post('/predict', Buffer.from('this is not an image'))),
      restEvent({ path: '/health' }),
    ]);
    expect(code).toBe(0);
    expect(results().map(({ statusCode }) => statusCode)).toEqual([200, 415, 200]);
    expect(JSON.parse(results()[0]?.body ?? '')).toMatchObject({
      predictions: [{ label: 'Egyptian cat' }, {}, {}, {}, {}],
    });

    expect(logs).toHaveLength(3);
    expect(logs[0]).toMatchObject({
      request_id: 'rest-request-id',
      function_request_id: 'invocation-0',
      cold_start: true,
    });
    expect(logs[1]).toMatchObject({
      request_id: 'http-request-id',
      status: 415,
      code: 'unsupported_media_type',
      cold_start: false,
    });

    expect(metrics).toHaveLength(3);
    const [first, second, third] = metrics;
    expect(directive(first).Namespace).toBe('ImageClassification');
    for (const line of metrics) {
      expect(directive(line).Dimensions.map((set) => [...set].sort())).toEqual([['service', 'stage']]);
    }
    expect(first).toMatchObject({
      service: 'resnet50',
      stage: 'prod',
      model_version: '1.0.0',
      request_id: 'rest-request-id',
      route: '/predict',
      format: 'jpeg',
      class_index: '285',
      Predictions: 1,
      Errors: 0,
      ClientErrors: 0,
      ColdStart: 1,
      LowConfidence: 0,
      ImageBytes: cat.byteLength,
    });
    const names = directive(first)
      .Metrics.map(({ Name }) => Name)
      .sort();
    const { probeSuccess, probeLatency, ...written } = METRIC;
    expect(names, 'every metric that alarms may wait for').toEqual(Object.values(written).sort());
    for (const name of ['CpuUtilization', 'MemoryUtilization']) {
      expect(first?.[name]).toBeGreaterThan(0);
      expect(first?.[name]).toBeLessThanOrEqual(100);
    }
    expect(second).toMatchObject({ ClientErrors: 1, Errors: 0, ColdStart: 0, route: '/predict' });
    expect(second).not.toHaveProperty('Predictions');
    expect(second).not.toHaveProperty('InitDuration');
    expect(third, 'health checks do not count as latency').not.toHaveProperty('Latency');
  });

  test('the log contains neither images nor the queries of URLs', async () => {
    const url = 'https://user:hunter2@127.0.0.1/cat.jpg?signature=secret';
    const { logs } = await invoke([
      restEvent({
        method: 'POST',
        path: '/predict',
        headers: { 'content-type': 'application/json' },
        text: JSON.stringify({ image: Buffer.from(cat).toString('base64') }),
      }),
      restEvent({
        method: 'POST',
        path: '/predict/url',
        headers: { 'content-type': 'application/json' },
        text: JSON.stringify({ url }),
      }),
    ]);
    const text = JSON.stringify(logs);
    expect(text).not.toMatch(/secret|hunter2/);
    expect(text).not.toContain(Buffer.from(cat).toString('base64').slice(0, 40));
    expect(text).toContain('https://127.0.0.1/cat.jpg');
    expect(text.length).toBeLessThan(3000);
  });

  test('provisioned concurrency has no cold start', async () => {
    const { metrics, logs } = await invoke([restEvent(post('/predict', cat))], provisioned);
    expect(metrics[0]).toMatchObject({ ColdStart: 0 });
    expect(logs[0]).toMatchObject({ cold_start: false });
  });

  test('the init phase fails with one clear log line if the model cannot be loaded', async () => {
    const { code, stderr } = await invoke([restEvent({ path: '/health' })], {
      ...onLambda,
      MODELS: '/nowhere',
    });
    expect(code).not.toBe(0);
    const [line, ...others] = stderr.split('\n').filter((text) => text.startsWith('{"'));
    expect(others).toEqual([]);
    expect(JSON.parse(line ?? '')).toMatchObject({
      level: 'CRITICAL',
      message: 'The model could not be loaded',
      reason:
        'MODELS: expected a folder with a model bundle, got /nowhere (no manifest.json); see docs/troubleshooting.md#no-model-in-the-folder',
    });
  });

  const picturesInTurn = [
    restEvent({ path: '/ready' }),
    restEvent(post('/predict', cat)),
    restEvent(post('/predict', png)),
  ];

  test('an ordinary small JPEG is answered without libvips, and a PNG loads it', async () => {
    const { results, hasLibvips } = await invoke(picturesInTurn);
    expect(results().map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect(hasLibvips()).toEqual([false, false, true]);
  });

  test.each(['provisioned-concurrency', 'snap-start'])(
    'with %s, the init phase loads libvips',
    async (type) => {
      const { hasLibvips } = await invoke([restEvent({ path: '/health' })], {
        ...onLambda,
        AWS_LAMBDA_INITIALIZATION_TYPE: type,
      });
      expect(hasLibvips()).toEqual([true]);
    },
  );

  test('without libvips, only the images that need it are refused, and the service is not ready', async () => {
    const events = [...picturesInTurn, restEvent({ path: '/ready' }), restEvent({ path: '/model' })];
    const { code, results, stderr } = await invoke(events, onLambda, BROKEN_SHARP);
    expect(code).toBe(0);
    expect(results().map(({ statusCode }) => statusCode)).toEqual([200, 200, 503, 503, 503]);
    for (const { body } of results().slice(2)) {
      expect(JSON.parse(body)).toMatchObject({
        code: 'not_ready',
        detail: 'The image decoder could not be loaded.',
      });
    }
    expect(stderr).toMatch(/"level":"ERROR".*libvips-cpp\.so: cannot open shared object file/);
  });

  test('with provisioned concurrency, the init phase fails without libvips', async () => {
    const { code, stderr } = await invoke([restEvent({ path: '/health' })], provisioned, BROKEN_SHARP);
    expect(code).not.toBe(0);
    const [line, ...others] = stderr.split('\n').filter((text) => text.startsWith('{"'));
    expect(others).toEqual([]);
    expect(JSON.parse(line ?? '')).toMatchObject({
      level: 'CRITICAL',
      message: 'The image decoder could not be loaded',
      reason: 'libvips-cpp.so: cannot open shared object file',
    });
  });
});
