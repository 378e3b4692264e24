import { describe, expect, test } from 'vitest';
import { type Environment, readConfig } from '../../../lambda/config.ts';
import { type ErrorCode, ServiceError } from '../../../lambda/errors.ts';
import { createLogSink } from '../../../lambda/telemetry/log/log-sink.ts';
import { METRIC } from '../../../lambda/telemetry/names.ts';
import type {
  ClassifiedImage,
  ModelName,
  RequestOutcome,
  RequestRecord,
} from '../../../lambda/telemetry/requests.ts';
import { metricsOf, outputOf } from './emf.ts';

const MODEL = { name: 'resnet50', version: '1.0.0' };

const image = (topProbability: number): ClassifiedImage => ({
  format: 'jpeg',
  width: 451,
  height: 300,
  bytes: 35_042,
  topIndex: 285,
  topLabel: 'Egyptian cat',
  topProbability,
});

const record = (images: readonly ClassifiedImage[]): RequestRecord => ({
  requestId: 'request-1',
  functionRequestId: undefined,
  method: 'POST',
  startedAt: performance.now(),
  path: '/predict',
  cpuAtStart: process.cpuUsage(),
  images,
});

const recorded = (
  images: readonly ClassifiedImage[],
  model?: ModelName,
  environment: Environment = {},
  { latencyMs = 12.345, ...more }: Partial<RequestRecord & RequestOutcome> = {},
) => {
  const config = readConfig({ METRICS: 'on', LOG_LEVEL: 'SILENT', STAGE: 'prod', ...environment });
  const { recordRequest } = createLogSink(config, () => 300);
  return metricsOf(() =>
    recordRequest({ ...record(images), ...more }, { route: '/predict/batch', status: 200, model, latencyMs }),
  );
};

describe('the metrics of a request', () => {
  test('have service and stage as their only dimensions; the model version is searchable', async () => {
    const [emf, ...more] = await recorded([image(0.9)], MODEL);
    expect(more).toEqual([]);
    expect(emf?._aws.CloudWatchMetrics[0].Dimensions).toEqual([['service', 'stage']]);
    expect(emf).toMatchObject({
      service: 'resnet50',
      stage: 'prod',
      model: 'resnet50',
      model_version: '1.0.0',
    });
    const [unready] = await recorded([]);
    expect(unready?._aws.CloudWatchMetrics[0].Dimensions).toEqual([['service', 'stage']]);
    expect(unready).not.toHaveProperty('model_version');
  });

  test('say for each image whether its top-1 probability is below 0.3', async () => {
    const [emf] = await recorded([image(0.29), image(0.3), image(0.05)]);
    expect(emf).toMatchObject({
      Predictions: 3,
      LowConfidence: [1, 0, 1],
      TopProbability: [0.29, 0.3, 0.05],
    });
  });

  test.each([
    ['1769', 25],
    ['885', 50],
    ['442', 100],
  ])('say how much of the vCPUs of %s MiB a request used', async (memory, percent) => {
    const fourTimesTheCpu = (4 * (process.cpuUsage().user + process.cpuUsage().system)) / 1000;
    const [emf] = await recorded(
      [],
      undefined,
      { AWS_LAMBDA_FUNCTION_NAME: 'classify', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory },
      { latencyMs: fourTimesTheCpu, cpuAtStart: { user: 0, system: 0 } },
    );
    expect(emf?.['CpuUtilization']).toBeCloseTo(percent, -1);
  });

  test.each(['/ready', '/predict/url'])(
    'do not say it for %s, which waits or does nothing',
    async (route) => {
      const { recordRequest } = createLogSink(
        readConfig({ METRICS: 'on', LOG_LEVEL: 'SILENT', STAGE: 'prod' }),
        () => 300,
      );
      const cpuAtStart = { user: 0, system: 0 };
      const [emf] = await metricsOf(() =>
        recordRequest({ ...record([]), cpuAtStart }, { route, status: 200, model: MODEL, latencyMs: 12.345 }),
      );
      expect(emf).toHaveProperty('MemoryUtilization');
      expect(emf).not.toHaveProperty('CpuUtilization');
    },
  );

  test.each([256, 4096])('say how much of %i MiB of memory is used, on a laptop too', async (limitMiB) => {
    const [emf] = await recorded([], undefined, { MEMORY_LIMIT_MIB: String(limitMiB) });
    const usedMiB = process.memoryUsage.rss() / 2 ** 20;
    const percent = Number(emf?.['MemoryUtilization']);
    expect((percent / 100) * limitMiB).toBeGreaterThan(usedMiB / 2);
    expect((percent / 100) * limitMiB).toBeLessThan(usedMiB * 2);
  });

  test('compare the memory with the machine’s memory if there is no limit', async () => {
    const [emf] = await recorded([]);
    expect(emf?.['MemoryUtilization']).toBeGreaterThan(0.1);
  });

  test('count images that came as tensors, of which nothing else is known', async () => {
    const { recordRequest } = createLogSink(
      readConfig({ METRICS: 'on', LOG_LEVEL: 'SILENT', STAGE: 'prod' }),
      () => 300,
    );
    const outcome = { route: '/v2/models/:name/infer', status: 200, model: MODEL, latencyMs: 12.345 };
    const [emf] = await metricsOf(() => recordRequest({ ...record([]), tensors: 4 }, outcome));
    expect(emf).toMatchObject({ Predictions: 4, Latency: 12.345, CpuUtilization: expect.any(Number) });
    expect(emf).not.toHaveProperty('TopProbability');
  });

  test('of embeddings have a latency, and count no predictions', async () => {
    const { recordRequest } = createLogSink(
      readConfig({ METRICS: 'on', LOG_LEVEL: 'SILENT', STAGE: 'prod' }),
      () => 300,
    );
    const outcome = { route: '/embed', status: 200, model: MODEL, latencyMs: 12.345 };
    const [emf] = await metricsOf(() => recordRequest({ ...record([]), embeddings: 4 }, outcome));
    expect(emf).toMatchObject({ Latency: 12.345, CpuUtilization: expect.any(Number) });
    expect(emf).not.toHaveProperty('Predictions');
  });

  test('have no confidence if nothing was classified', async () => {
    const [emf] = await recorded([]);
    expect(emf).not.toHaveProperty('LowConfidence');
  });

  test('have names that dashboards and alarms use', async () => {
    const [emf] = await recorded([image(0.9)]);
    const names: readonly string[] = Object.values(METRIC);
    for (const { Name } of emf?._aws.CloudWatchMetrics[0].Metrics ?? []) expect(names).toContain(Name);
  });
});

test('a blocked event loop is counted, with the same dimensions', async () => {
  const config = readConfig({ METRICS: 'on', LOG_LEVEL: 'SILENT', STAGE: 'prod' });
  const { recordBlock } = createLogSink(config, () => 300);
  const [emf] = await metricsOf(() => recordBlock(250));
  expect(emf).toMatchObject({ service: 'resnet50', stage: 'prod', EventLoopBlocks: 1 });
  expect(emf?._aws.CloudWatchMetrics[0].Dimensions).toEqual([['service', 'stage']]);
});

test.each([
  [200, 'DEBUG'],
  [401, 'INFO'],
])('a scrape of the metrics that is answered with %i has the level %s', async (status, level) => {
  const config = readConfig({ METRICS: 'off', LOG_LEVEL: 'DEBUG' });
  const { recordRequest } = createLogSink(config, () => 300);
  const [line = ''] = await outputOf(() =>
    recordRequest(record([]), { route: '/metrics', status, model: MODEL, latencyMs: 5 }),
  );
  expect(JSON.parse(line)).toMatchObject({ level, route: '/metrics' });
});

test('images of the sample that were lost are a warning', async () => {
  const { recordCaptureLoss } = createLogSink(readConfig({ METRICS: 'off' }), () => 300);
  const loss = { failed: 2, skipped: 1, reason: 'S3 answered 403 AccessDenied' };
  const [line = ''] = await outputOf(() => recordCaptureLoss(loss));
  expect(JSON.parse(line)).toMatchObject({ level: 'WARN', message: 'Images were not captured', ...loss });
});

test('an attempt to send a webhook that failed is a warning', async () => {
  const { recordLifecycle } = createLogSink(readConfig({ METRICS: 'off' }), () => 300);
  const line = {
    type: 'job.succeeded',
    url: 'https://hooks.example.com/',
    outcome: 'failed',
    reason: 'Expected a status from 200 to 299, got 500.',
  } as const;
  const [text = ''] = await outputOf(() =>
    recordLifecycle({ kind: 'webhook_failed', jobId: 'job_1', ...line }),
  );
  expect(JSON.parse(text)).toMatchObject({ level: 'WARN', message: 'webhook', job_id: 'job_1', ...line });
});

test('that uploads or jobs are refused is a warning', async () => {
  const { recordLifecycle } = createLogSink(readConfig({ METRICS: 'off' }), () => 300);
  const reason = 'There is no room.';
  const [line = ''] = await outputOf(() => recordLifecycle({ kind: 'jobs_refused', reason }));
  expect(JSON.parse(line)).toMatchObject({ level: 'WARN', message: 'Uploads or jobs are refused', reason });
});

describe('the log line of a request that failed', () => {
  const failures: readonly (readonly [code: ErrorCode, level: string, cause: Error | undefined])[] = [
    ['invalid_request', 'info', undefined],
    ['invalid_image', 'info', new Error('VipsJpeg: premature end')],
    ['url_fetch_failed', 'warn', new Error('queryA ENOTFOUND nowhere.example')],
    ['url_fetch_failed', 'warn', undefined],
    ['url_timeout', 'warn', new Error('no data for 5 s')],
    ['overloaded', 'warn', undefined],
    ['storage_full', 'warn', undefined],
    ['storage_full', 'warn', new Error('ENOSPC: no space left on device, write')],
    ['not_ready', 'error', new Error('the checksum of the model differs')],
    ['deadline_exceeded', 'error', undefined],
    ['internal', 'error', new Error('unexpected')],
  ];

  test.each(failures)('%s has the level %s', async (code, level, cause) => {
    const { recordRequest } = createLogSink(readConfig({ METRICS: 'off' }), () => 300);
    const error = new ServiceError(code, 'No.', { cause });
    const written = await outputOf(() =>
      recordRequest(
        { ...record([]), error },
        { route: '/predict/url', status: error.status, model: MODEL, latencyMs: 12.345 },
      ),
    );
    const lines = written.map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(lines).toMatchObject([{ level: level.toUpperCase(), code, status: error.status }]);
    const [line] = lines;
    if (level === 'error') expect(line).toMatchObject({ error: { message: `${code}: No.` } });
    else expect(line, 'no stack').not.toHaveProperty('error');
    if (level !== 'error' && cause) expect(line).toMatchObject({ reason: cause.message });
  });
});
