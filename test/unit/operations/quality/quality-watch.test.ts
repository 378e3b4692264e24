import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandOutput,
  GetQueryResultsCommand,
  type QueryStatus,
  StartQueryCommand,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { addDays } from '../../../../lambda/operations/quality/day.ts';
import { dayQuery } from '../../../../lambda/operations/quality/day-query.ts';
import { qualityWatch } from '../../../../lambda/operations/quality/quality-watch.ts';
import { readQualitySettings } from '../../../../lambda/operations/quality/settings.ts';
import { createLogger, createMetrics } from '../../../../lambda/telemetry/powertools.ts';
import { type Emf, outputOf } from '../../telemetry/emf.ts';

const logs = new CloudWatchLogsClient({ region: 'eu-central-1' });
const mock = mockClient(logs);

const DAY = '2026-03-20';
const EVENT = { time: '2026-03-21T01:30:00Z' };
const NOW = '2026-03-22T23:59:59Z';
const ENVIRONMENT = {
  SERVICE_LOG_GROUP: 'service-log',
  OWN_LOG_GROUP: 'own-log',
  WATCHED_MODEL: 'resnet50',
  BASELINE_DAYS: '14',
  DRIFT_PSI: '0.25',
  STAGE: 'prod',
};

/** A row of the query's result. */
const row = (classIndex: number | string, tenth: number, images: number, version = '1.0.0') =>
  Object.entries({ class_index: classIndex, tenth: `${tenth}.0`, images, version }).map(([field, value]) => ({
    field,
    value: String(value),
  }));
const USUAL = [row(281, 9, 600), row(207, 8, 300), row(504, 3, 100)];

beforeEach(() => {
  mock.reset();
  mock.on(StartQueryCommand).resolves({ queryId: 'query-1' });
  mock.on(StopQueryCommand).resolves({});
  written.length = 0;
  remember();
  answer(USUAL);
});

/** What the query finds. */
function answer(results: ReturnType<typeof row>[], status: QueryStatus = 'Complete') {
  mock.on(GetQueryResultsCommand).resolves({ status, results, statistics: { bytesScanned: 1000 } });
}

/** The log lines that earlier runs wrote. */
const written: string[] = [];
function remember(...more: FilterLogEventsCommandOutput['events'] & object) {
  mock.on(FilterLogEventsCommand).callsFake(() => ({
    events: [...written.map((message) => ({ message })), ...more],
  }));
}

/** Runs the watch once. @returns its log line and its metrics. */
async function run(
  event: unknown = EVENT,
  { environment = {}, remainingMs = 60_000 }: { environment?: object; remainingMs?: number } = {},
) {
  const settings = readQualitySettings({ ...ENVIRONMENT, ...environment });
  const lines = await outputOf(async () => {
    const handler = qualityWatch({
      logs,
      logger: createLogger(settings),
      metrics: createMetrics(settings.stage),
      settings,
      pauseMs: 1,
      now: () => new Date(NOW),
    });
    await handler(event, { getRemainingTimeInMillis: () => remainingMs });
  });
  const parsed = lines.map((text) => JSON.parse(text) as Record<string, unknown>);
  const metrics = parsed.find((line) => '_aws' in line) as Emf | undefined;
  const [line = {}] = parsed.filter((one) => !('_aws' in one));
  return { line, metrics, text: lines.find((text) => !text.includes('_aws')) ?? '' };
}

/** Runs the watch for the days before {@link DAY}, and remembers their lines. */
async function history(days: number) {
  for (let back = days; back >= 1; back -= 1) {
    const { text } = await run({ time: `${addDays(DAY, 1 - back)}T01:30:00Z` });
    written.push(text);
  }
  mock.resetHistory();
}

describe('the query', () => {
  test('counts the whole day before, in the log of the service', async () => {
    await run();
    const [call] = mock.commandCalls(StartQueryCommand);
    expect(call?.args[0].input).toEqual({
      logGroupName: 'service-log',
      queryString: dayQuery('resnet50'),
      startTime: Date.UTC(2026, 2, 20) / 1000,
      endTime: Date.UTC(2026, 2, 21) / 1000 - 1,
      limit: 20_000,
    });
  });

  test('waits for the result, and reads all of its pages', async () => {
    mock
      .on(GetQueryResultsCommand)
      .resolvesOnce({ status: 'Scheduled' })
      .resolvesOnce({ status: 'Running', results: [row(1, 1, 1)] })
      .resolvesOnce({ status: 'Complete', results: [row(281, 9, 600)], nextToken: 'page-2' })
      .resolvesOnce({ status: 'Complete', results: [row(207, 8, 300)] });
    const { line } = await run();
    expect(line).toMatchObject({ images: 900, classes: { 281: 600, 207: 300 } });
    expect(mock.commandCalls(GetQueryResultsCommand).at(-1)?.args[0].input).toMatchObject({
      queryId: 'query-1',
      nextToken: 'page-2',
    });
  });

  test('skips rows that it cannot read, and counts them', async () => {
    answer([...USUAL, row('cat', 9, 1), row(1.5, 9, 1), []]);
    expect((await run()).line).toMatchObject({ images: 1000, unread_rows: 3 });
  });

  test.each(['Failed', 'Cancelled', 'Timeout', 'Unknown'] as const)(
    'fails the run if it is %s',
    async (status) => {
      answer([], status);
      await expect(run()).rejects.toThrow(`expected the log query to complete, got ${status}`);
    },
  );

  test('is stopped if it takes too long, and fails the run', async () => {
    answer([], 'Running');
    await expect(run(EVENT, { remainingMs: 10_050 })).rejects.toThrow(
      'expected 2026-03-20 to be counted within 50 ms, got no result',
    );
    expect(mock.commandCalls(StopQueryCommand)).toHaveLength(1);
  });

  test('that cannot start fails the run', async () => {
    mock
      .on(StartQueryCommand)
      .rejects(Object.assign(new Error('Too many'), { name: 'LimitExceededException' }));
    await expect(run()).rejects.toThrow('Too many');
  });
});

describe('the first days', () => {
  test('are recorded, without metrics', async () => {
    const { line, metrics } = await run();
    expect(metrics).toBeUndefined();
    expect(line).toMatchObject({
      level: 'INFO',
      message: 'quality-watch',
      day: DAY,
      images: 1000,
      scanned_bytes: 1000,
      reason: 'expected 3 earlier days with images',
      model_versions: ['1.0.0'],
      classes: { 207: 300, 281: 600, 504: 100 },
      confidence: [0, 0, 0, 100, 0, 0, 0, 0, 300, 600],
    });
  });

  test('are compared from the fourth on', async () => {
    await history(2);
    expect((await run()).metrics).toBeUndefined();
    await history(3);
    expect((await run()).metrics).toMatchObject({ ClassDrift: 0, ConfidenceDrift: 0, PredictionDrift: 0 });
  });
});

describe('a day with a baseline', () => {
  test('has three metrics with the dimensions of all others', async () => {
    await history(14);
    const { line, metrics } = await run();
    expect(metrics).toMatchObject({ service: 'resnet50', stage: 'prod', PredictionDrift: 0 });
    expect(metrics?._aws.CloudWatchMetrics[0]).toMatchObject({
      Namespace: 'ImageClassification',
      Dimensions: [['service', 'stage']],
    });
    expect(metrics?._aws.CloudWatchMetrics[0].Metrics.map(({ Name }) => Name)).toEqual([
      'ClassDrift',
      'ConfidenceDrift',
      'PredictionDrift',
    ]);
    expect(line).toMatchObject({
      level: 'INFO',
      class_psi: 0,
      confidence_psi: 0,
      baseline: { first_day: '2026-03-06', days: 14, images: 14_000, unread_lines: 0 },
    });
  });

  test('reads only the days that can be in the baseline', async () => {
    await run();
    expect(mock.commandCalls(FilterLogEventsCommand)[0]?.args[0].input).toMatchObject({
      logGroupName: 'own-log',
      startTime: Date.UTC(2026, 2, 6),
      filterPattern: '{ $.message = "quality-watch" }',
    });
    await history(20);
    expect((await run()).line).toMatchObject({ baseline: { days: 14 } });
  });

  test('is reported, with the classes that moved, if its photos are others', async () => {
    await history(5);
    answer([row(281, 9, 100), row(916, 8, 800), row(207, 8, 100)]);
    const { line, metrics } = await run();
    expect(metrics?.['ClassDrift']).toBeGreaterThan(0.25);
    expect(metrics?.['PredictionDrift']).toBe(
      Math.max(Number(metrics?.['ClassDrift']), Number(metrics?.['ConfidenceDrift'])),
    );
    expect(line).toMatchObject({
      level: 'WARN',
      moved_classes: expect.arrayContaining([
        { class_index: 916, day_percent: 80, baseline_percent: 0 },
        { class_index: 281, day_percent: 10, baseline_percent: 60 },
      ]),
    });
  });

  test('is compared across model versions, and names them', async () => {
    await history(5);
    answer([row(281, 9, 600, '2.0.0'), row(207, 8, 300, '1.0.0'), row(504, 3, 100, '2.0.0')]);
    const { line, metrics } = await run();
    expect(metrics).toMatchObject({ PredictionDrift: 0 });
    expect(line).toMatchObject({
      model_versions: ['1.0.0', '2.0.0'],
      baseline: { model_versions: ['1.0.0'] },
    });
  });

  test('has no metric if it has few images, and says why', async () => {
    await history(14);
    answer([row(281, 9, 40)]);
    const { line, metrics } = await run();
    expect(metrics).toBeUndefined();
    expect(line).toMatchObject({
      images: 40,
      class_reason: expect.stringContaining('got 40 in the day and 14000 in the baseline'),
      confidence_reason: expect.stringContaining('got 40 in the day'),
    });
    expect(line).not.toHaveProperty('class_psi');
  });

  test('has no metric without any image, and does not count as a day of the baseline', async () => {
    await history(2);
    answer([]);
    const { line, metrics, text } = await run();
    expect(metrics).toBeUndefined();
    expect(line).toMatchObject({ images: 0, reason: 'no images' });
    written.push(text);
    answer(USUAL);
    const next = await run({ time: '2026-03-22T01:30:00Z' });
    expect(next.line).toMatchObject({ baseline: { days: 2 } });
  });

  test('is not compared with days before the new baseline', async () => {
    await history(10);
    const environment = { BASELINE_FROM: '2026-03-18' };
    expect((await run(EVENT, { environment })).line).toMatchObject({
      reason: 'expected 3 earlier days with images',
      baseline: { first_day: '2026-03-18', days: 2 },
    });
  });
});

describe('a second run for the same day', () => {
  test('compares nothing again', async () => {
    await history(5);
    written.push((await run()).text);
    mock.resetHistory();
    const { line, metrics } = await run();
    expect(metrics).toBeUndefined();
    expect(line).toMatchObject({ message: 'This day has been compared already', day: DAY });
    expect(mock.commandCalls(StartQueryCommand)).toEqual([]);
  });

  test('that came at the same time does not count twice', async () => {
    await history(5);
    written.push(...written);
    expect((await run()).line).toMatchObject({ baseline: { days: 5, images: 5000 } });
  });
});

test('lines that cannot be read are skipped and counted', async () => {
  await history(4);
  remember(
    { message: '{"message":"quality-watch","day":"2026-03-1' },
    {
      message:
        '{"message":"quality-watch","day":"2026-03-17","model_versions":[],"classes":{"1":-1},"confidence":[]}',
    },
    {},
  );
  expect((await run()).line).toMatchObject({ baseline: { days: 4, unread_lines: 3 } });
});

test('all pages of the baseline are read', async () => {
  await history(4);
  const [first = '', ...others] = written;
  mock
    .on(FilterLogEventsCommand)
    .resolvesOnce({ events: [], nextToken: 'a' })
    .resolvesOnce({ events: [{ message: first }], nextToken: 'b' })
    .resolvesOnce({ events: others.map((message) => ({ message })) });
  expect((await run()).line).toMatchObject({ baseline: { days: 4 } });
});

test('a day with every class in every tenth fits into a line of CloudWatch Logs', async () => {
  const all = (classes: number) =>
    Array.from({ length: classes }, (_, index) => row(index, index % 10, 100_000));
  answer(all(1000));
  expect((await run()).text.length).toBeLessThan(20_000);
  answer(all(20_000));
  const { text, line } = await run();
  expect(text.length).toBeLessThan(256_000);
  expect(Object.keys(line['classes'] as object)).toHaveLength(10_000);
});

test.each([[{}], [undefined], [{ time: 'yesterday' }]])('refuses the event %j', async (event) => {
  await expect(run(event ?? null)).rejects.toThrow(
    'expected an event such as {"time":"2026-02-01T01:30:00Z"}',
  );
});

test.each(['2026-03-23T00:00:00Z', '2027-01-01T01:30:00Z'])(
  'refuses the time %s, because its day has not ended and would count as done',
  async (time) => {
    await expect(run({ time })).rejects.toThrow(`expected the time of a day that has ended, got ${time}`);
    expect(mock.commandCalls(StartQueryCommand)).toEqual([]);
  },
);

describe('the settings', () => {
  test.each([
    ['BASELINE_DAYS', '2', 'a whole number of days from 3 to 90'],
    ['BASELINE_FROM', 'March', 'a day such as 2026-01-31'],
    ['DRIFT_PSI', 'high', 'a number'],
    ['DRIFT_PSI', '0', 'a number above 0'],
  ])('refuse %s=%s', (name, value, expected) => {
    expect(() => readQualitySettings({ ...ENVIRONMENT, [name]: value })).toThrow(
      `Invalid settings:\n  ${name}: expected ${expected}, got "${value}"`,
    );
  });

  test('need the two log groups and a model', () => {
    expect(() => readQualitySettings({ BASELINE_DAYS: '14', DRIFT_PSI: '0.25' })).toThrow(
      'Invalid settings:\n  SERVICE_LOG_GROUP: expected a value, got none\n  WATCHED_MODEL: expected a value, got none\n  OWN_LOG_GROUP: expected a value, got none',
    );
  });
});
