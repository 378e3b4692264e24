import { describe, expect, it } from 'vitest';
import { ACCESS_LOG_PATTERNS } from '../../lib/constructs/monitoring/log-metrics.ts';
import { matchesJsonPattern } from '../../scripts/lib/cloudwatch/filter-pattern.ts';
import { TemplateAlarms } from '../../scripts/lib/cloudwatch/template-alarms.ts';
import { type Minute, samplesOf, type Traffic } from '../support/alarm-traffic.ts';
import { templateOf } from './support.ts';

const alarms = new TemplateAlarms(templateOf('prod').toJSON()['Resources'], 'resnet50-prod-');
const DAY = 24 * 60;

type Changes = Partial<Minute>;
const steady = (changes: Changes = {}): Minute => ({ requests: 20, ...changes });

/** Alarms that are on, the same with either meaning of missing data. */
function on(minute: number, traffic: Omit<Traffic, 'stage'>): string[] {
  const samples = samplesOf({ stage: 'prod', ...traffic });
  const documented = alarms.on(samples, minute, 'zero');
  expect(alarms.on(samples, minute, 'missing')).toEqual(documented);
  return documented;
}

/** Steady traffic, changed from one minute to another (without it). */
const during = (from: number, to: number, changes: Changes) => (minute: number) =>
  steady(minute >= from && minute < to ? changes : {});

const never = () => undefined;

describe('no alarm is on', () => {
  it.each([1, 5, 60, DAY])('without any request, %d minutes after the first probe', (minute) => {
    expect(on(minute, { at: never })).toEqual([]);
  });

  it.each([1, 30, 5 * DAY])('after %d minutes of steady traffic', (minute) => {
    expect(on(minute, { at: () => steady() })).toEqual([]);
  });

  it('when a request comes every ten minutes and one fails now and then', () => {
    const at = (minute: number) => {
      if (minute % 10 !== 0) return undefined;
      return { requests: 1, failed: minute % 2000 === 0 ? 1 : 0, latencyMs: 2000 };
    };
    for (const minute of [3, 1000, 2000, 2004, 5 * DAY]) {
      // The short windows of the burn rates count a single failure. They notify nobody.
      const notifying = on(minute, { at }).filter((name) => !/-burn-\d/.test(name));
      expect(notifying).toEqual([]);
    }
  });
});

it('reports that the service is down if the probe fails or does not run', () => {
  expect(on(5, { at: never, ready: () => undefined })).toEqual(['page', 'service-down']);
  expect(on(50, { at: never, ready: (minute) => minute < 48 })).toEqual(['page', 'service-down']);
  expect(on(48, { at: never, ready: (minute) => minute < 48 })).toEqual([]);
});

describe('an outage', () => {
  const burns = ['availability-fast-burn', 'availability-fast-burn-1h', 'availability-fast-burn-5m'];

  it('is reported while the service answers 500, and ends', () => {
    const at = during(600, 620, { failed: 10 });
    const during20 = on(619, { at });
    expect(during20).toEqual(expect.arrayContaining([...burns, 'page', 'server-errors']));
    expect(during20).not.toContain('function-errors');
    expect(on(635, { at })).not.toContain('server-errors');
    // The slow burn rate looks back over half an hour.
    expect(on(655, { at })).not.toContain('page');
    expect(on(600 + 3 * DAY, { at })).toEqual([]);
  });

  it('is reported if nothing but crashes ever happened', () => {
    const crashing = on(10, { at: () => steady({ crashed: 20 }) });
    expect(crashing).toEqual(
      expect.arrayContaining([
        ...burns,
        'page',
        'server-errors',
        'function-errors',
        'failed-environments',
        'metrics-stopped',
        'new-version-errors',
      ]),
    );
  });

  it('is reported if Lambda refuses everything, so that no invocation is counted', () => {
    const samples = samplesOf({ stage: 'prod', at: () => steady({ throttled: 20 }) });
    const documented = alarms.on(samples, 10, 'zero');
    expect(documented).toEqual(
      expect.arrayContaining(['page', 'server-errors', 'throttles', 'function-errors']),
    );
    // Without the rule that a missing value counts as 0, function-errors needs one invocation. Others do not.
    const strict = alarms.on(samples, 10, 'missing');
    expect(strict).toEqual(expect.arrayContaining(['page', 'server-errors', 'throttles']));
  });

  it('is not hidden by a flood of refused requests', () => {
    const at = during(600, 620, { failed: 10, refused: 100_000 });
    expect(on(619, { at })).toEqual(expect.arrayContaining(['page', 'server-errors']));
  });

  it('burns slowly for hours, then for days', () => {
    const slow = on(6 * 60, { at: (minute) => steady({ failed: minute % 5 === 0 ? 1 : 0 }) });
    expect(slow).toEqual(expect.arrayContaining(['availability-slow-burn', 'page']));
    const steadily = on(5 * DAY, { at: (minute) => steady({ failed: minute % 40 === 0 ? 1 : 0 }) });
    expect(steadily).toContain('availability-steady-burn');
    expect(steadily).not.toContain('page');
  });
});

describe('a cause', () => {
  it.each<[string, Changes, readonly string[]]>([
    ['slow answers', { latencyMs: 400 }, ['latency-p95', 'new-version-latency']],
    ['very slow answers', { latencyMs: 1500 }, ['latency-p95', 'latency-p99', 'new-version-latency']],
    ['full memory', { memoryPercent: 90 }, ['memory']],
    ['failed starts', { failedStarts: 3 }, ['failed-environments', 'init-failures']],
    ['spillover', { spillover: 2 }, ['spillover']],
    ['predictions that wait for CPU', { cpuPercent: 100 }, ['cpu']],
    ['refused requests', { refused: 50 }, ['refused-requests']],
    ['a service that writes no metrics', { writesMetrics: false }, ['metrics-stopped']],
    ['busy environments', { utilization: 0.95 }, ['provisioned-utilization']],
  ])('is reported and ends: %s', (_, changes, expected) => {
    const at = during(600, 700, changes);
    expect(on(690, { at })).toEqual(expected);
    expect(on(730, { at })).toEqual([]);
  });

  it('may be photos that the model does not know', () => {
    const at = during(600, 800, { topProbability: 0.1 });
    expect(on(799, { at })).toEqual(['low-confidence']);
    expect(on(1200, { at })).toEqual([]);
  });
});

describe('the predictions of a day', () => {
  /** The watch writes one value a day, at half past one. */
  const RUN = 90;
  const drifting = (indexes: readonly number[]) => (minute: number) => {
    const others = (metric: string, at: number) => {
      const index = indexes[Math.floor(at / DAY)];
      const isDue = metric === 'ImageClassification PredictionDrift' && at % DAY === RUN;
      return isDue && index !== undefined ? [index] : undefined;
    };
    return on(minute, { at: () => steady(), others });
  };

  it('are reported until a day is like those before it again', () => {
    const at = drifting([0.01, 0.01, 0.6, 0.3, 0.02]);
    expect(at(DAY + RUN)).toEqual([]);
    expect(at(2 * DAY + RUN)).toEqual(['prediction-drift']);
    expect(at(3 * DAY + RUN - 1)).toEqual(['prediction-drift']);
    expect(at(3 * DAY + RUN)).toEqual(['prediction-drift']);
    expect(at(4 * DAY + RUN)).toEqual([]);
  });

  it('are not reported on a day with too few images, or at the threshold', () => {
    expect(drifting([])(5 * DAY)).toEqual([]);
    expect(drifting([0.25])(RUN)).toEqual([]);
  });
});

it('reports a hook that crashes, and its end', () => {
  const crashed = (metric: string, minute: number) =>
    metric === 'AWS/Lambda Errors of a hook' && minute === 600 ? [1] : undefined;
  const failed = (minute: number) => on(minute, { at: () => steady(), others: crashed });
  expect(failed(600)).toEqual(['hook-failed-post-traffic', 'hook-failed-pre-traffic']);
  expect(failed(603)).toEqual([]);
});

it('reports a notification that does not arrive, and its end', () => {
  const failed = (metric: string, minute: number) =>
    metric === 'AWS/SNS NumberOfNotificationsFailed' && minute === 600 ? [1] : undefined;
  const undelivered = (minute: number) => on(minute, { at: () => steady(), others: failed });
  expect(undelivered(600)).toEqual(['alerts-undelivered', 'pages-undelivered']);
  expect(undelivered(650)).toEqual([]);
});

it('reports a certificate that expires soon or has expired', () => {
  const domain = {
    name: 'api.example.com',
    hostedZoneId: 'Z0123456789ABCDEFGHIJ',
    hostedZoneName: 'example.com',
    certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/0b0c',
  };
  const withDomain = new TemplateAlarms(
    templateOf('prod', { domain }).toJSON()['Resources'],
    'resnet50-prod-',
  );
  const on = (daysLeft: number | undefined) => {
    const others = (metric: string, minute: number) =>
      metric === 'AWS/CertificateManager DaysToExpiry' && daysLeft !== undefined && minute % 720 === 0
        ? [daysLeft]
        : undefined;
    const samples = samplesOf({ stage: 'prod', at: () => steady(), others });
    return withDomain.on(samples, 5 * DAY, 'zero');
  };
  expect(on(200)).toEqual([]);
  expect(on(29)).toEqual(['certificate-expiry']);
  expect(on(undefined)).toEqual(['certificate-expiry']);
});

describe('the access log', () => {
  const counted = (line: Record<string, string>) =>
    Object.entries(ACCESS_LOG_PATTERNS)
      .filter(([, pattern]) => matchesJsonPattern(pattern, line))
      .map(([name]) => name);
  const line = (status: string, resource_path = '/predict', error_type = '-') => ({
    status,
    resource_path,
    error_type,
  });

  it.each([
    ['a prediction', line('200'), ['Requests']],
    ['a wrong request', line('422'), ['Requests']],
    ['an error of the service', line('500'), ['Requests', 'FailedRequests']],
    ['a crash', line('502', '/predict', 'DEFAULT_5XX'), ['Requests', 'FailedRequests']],
    ['a timeout', line('504', '/predict', 'INTEGRATION_TIMEOUT'), ['Requests', 'FailedRequests']],
    ['a URL that cannot be fetched', line('502', '/predict/url'), ['Requests']],
    ['a URL that takes too long', line('504', '/predict/url'), ['Requests']],
    ['an error of the service on a URL', line('500', '/predict/url'), ['Requests', 'FailedRequests']],
    ['a crash on a URL', line('502', '/predict/url', 'DEFAULT_5XX'), ['Requests', 'FailedRequests']],
  ])('counts %s', (_, entry, expected) => {
    expect(counted(entry)).toEqual(expected);
  });

  it.each([
    ['a throttled request', line('429', '/predict', 'THROTTLED')],
    ['a blocked request', line('403', '/predict', 'WAF_FILTERED')],
  ])('does not count %s as a request', (_, entry) => {
    expect(counted(entry)).toEqual(['RefusedRequests']);
  });
});
