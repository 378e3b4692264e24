import { describe, expect, it } from 'vitest';
import {
  jobsConcurrency,
  mostInProgress,
  SLOW_SHARE,
  slowConcurrency,
} from '../../lib/settings/concurrency.ts';
import { settingsSchema } from '../../lib/settings.ts';
import { readStage, STAGE_NAMES } from '../../lib/stages.ts';

/** Concurrent executions of an account and region: docs.aws.amazon.com/lambda, "Lambda quotas". */
const DEFAULT_QUOTA = 1000;
const certificateArn = 'arn:aws:acm:eu-central-1:123456789012:certificate/0b0c';

describe('stages', () => {
  it.each(STAGE_NAMES)('the default settings of %s are valid', (name) => {
    expect(readStage(name).name).toBe(name);
  });

  it('sizes prod like the system it replaces: 3 to 10 environments, scaled at 70 %', () => {
    expect(readStage('prod').settings.coldStart).toMatchObject({ min: 3, max: 10, targetUtilization: 0.7 });
  });

  it.each(STAGE_NAMES)(
    'the firewall of %s, if any, lets one address use the full rate of its key',
    (name) => {
      const { auth, waf } = readStage(name).settings;
      if (auth === 'off' || auth.kind !== 'api-key' || waf === 'off') return;
      expect(waf.requestsPer5Minutes).toBeGreaterThan(auth.ratePerSecond * 300);
    },
  );

  it('the firewall stops an address before it uses up GET /ready in prod, which would page someone', () => {
    const { throttle, waf } = readStage('prod').settings;
    if (waf === 'off') throw new Error('expected a firewall in prod, got off');
    expect(waf.requestsPer5Minutes / 300).toBeLessThan(throttle.predict.ratePerSecond);
  });

  it.each(STAGE_NAMES)(
    'slow requests and jobs of %s leave half of a default quota to POST /predict',
    (name) => {
      const { settings } = readStage(name);
      const shared = DEFAULT_QUOTA - jobsConcurrency(settings.jobs);
      expect(slowConcurrency(settings)).toBeLessThanOrEqual(SLOW_SHARE * shared);
    },
  );

  it('counts a full bucket and what follows it until the first request is done', () => {
    expect(mostInProgress({ ratePerSecond: 8, burst: 16 }, 28)).toBe(16 + 8 * 28);
    expect(slowConcurrency(readStage('prod').settings)).toBe(2 * (8 + 8 * 28));
  });

  it('merges the overrides of cdk.json key by key', () => {
    const { settings } = readStage('prod', { prod: { memoryMiB: 3538, coldStart: { max: 20 } }, dev: {} });
    expect(settings.memoryMiB).toBe(3538);
    expect(settings.coldStart).toMatchObject({ kind: 'provisioned', min: 3, max: 20 });
  });

  it('replaces lists and objects of another kind', () => {
    const { settings } = readStage('prod', {
      prod: { coldStart: { kind: 'snapstart' }, waf: 'off', corsOrigins: ['https://app.example.com'] },
    });
    expect(settings.coldStart).toEqual({ kind: 'snapstart' });
    expect(settings.waf).toBe('off');
    expect(settings.corsOrigins).toEqual(['https://app.example.com']);
  });

  it('watches another kind of delivery as long as the default one', () => {
    const delivery = (override: object) =>
      readStage('prod', { prod: { delivery: override } }).settings.delivery;
    expect(delivery({ kind: 'linear', percent: 20, minutes: 3 })).toMatchObject({
      bakeMinutes: 5,
      photosPerMinute: 30,
    });
    expect(delivery({ kind: 'all-at-once' })).toMatchObject({ bakeMinutes: 0 });
    expect(() => delivery({ bakeMinutes: 11 })).toThrow(
      'prod.delivery.bakeMinutes: expected a whole number of minutes from 0 to 10, got 11',
    );
  });

  it('changes a limit of the keys, or takes another kind of auth with its defaults', () => {
    const auth = (override: unknown) => readStage('prod', { prod: { auth: override } }).settings.auth;
    expect(auth({ ratePerSecond: 5, generation: 2 })).toMatchObject({
      kind: 'api-key',
      ratePerSecond: 5,
      burst: 100,
      generation: 2,
    });
    expect(auth({ kind: 'iam' })).toEqual({ kind: 'iam', accounts: [] });
    const tokens = { from: 'oidc', issuer: 'https://login.example.com/', audiences: ['api://vision'] };
    expect(auth({ kind: 'jwt', tokens })).toEqual({ kind: 'jwt', tokens, scopes: [] });
    expect(auth('off')).toBe('off');
  });

  it('ignores the overrides of another stage', () => {
    expect(readStage('dev', { prod: { memoryMiB: 3538 } })).toEqual(readStage('dev'));
  });

  it.each([
    ['a typo', { memoryMB: 1769 }, 'prod.memoryMB: no such setting; did you mean memoryMiB?'],
    [
      'a typo in a nested setting',
      { alarms: { latencyMs: 100 } },
      'prod.alarms.latencyMs: no such setting; did you mean alarms.p95LatencyMs?',
    ],
    [
      'a setting in the wrong place',
      { cpuPercent: 90 },
      'prod.cpuPercent: no such setting; did you mean alarms.cpuPercent?',
    ],
    ['a name that resembles none', { colour: 'red' }, /prod\.colour: no such setting$/],
    [
      'memory out of range',
      { memoryMiB: 128 },
      'prod.memoryMiB: expected a whole number of MiB from 512 to 10240, got 128',
    ],
    [
      'a text instead of a number',
      { alarms: { p99LatencyMs: '1s' } },
      'prod.alarms.p99LatencyMs: expected a whole number of ms from 1 to 29000, got "1s"',
    ],
    [
      'an unknown log level',
      { logLevel: 'TRACE' },
      'prod.logLevel: expected DEBUG, INFO, WARN or ERROR, got "TRACE"',
    ],
    ['min over max', { coldStart: { min: 11 } }, 'prod.coldStart.min: expected at most max, got 11'],
    [
      'SnapStart together with provisioned concurrency',
      { coldStart: { kind: 'snapstart', min: 3, max: 10 } },
      'prod.coldStart.min: no such setting with "kind": "snapstart"; prod.coldStart.max: no such setting with',
    ],
    [
      'another strategy',
      { coldStart: { kind: 'warm' } },
      'prod.coldStart.kind: expected the kind provisioned',
    ],
    [
      'utilisation out of range',
      { coldStart: { targetUtilization: 1 } },
      'prod.coldStart.targetUtilization: expected a number from 0.1 to 0.9, got 1',
    ],
    [
      'a schedule of five fields',
      { coldStart: { schedules: [{ name: 'Day', cron: '0 8 * * 1-5', min: 1, max: 2 }] } },
      'prod.coldStart.schedules.0.cron: expected a cron expression of six fields',
    ],
    [
      'reserved concurrency under the maximum',
      { reservedConcurrency: 9 },
      'prod.reservedConcurrency: expected "off" or at least coldStart.max, got 9',
    ],
    [
      'an alarm on the age of jobs that cannot go off',
      { jobs: { maxHours: 12 } },
      'prod.alarms.oldestJobHours: expected less than jobs.maxHours, got 12',
    ],
    [
      'results that are deleted while their job may still run',
      { jobs: { keepDays: 3, maxHours: 49 } },
      'prod.jobs.keepDays: expected a day more than jobs.maxHours, got 3',
    ],
    ...['Photos', 'photos/*', 'photos,archive', 's3://photos', 'photos/?'].map(
      (source) =>
        [
          `a source of jobs that means more than one bucket: ${source}`,
          { jobs: { sources: [source] } },
          'prod.jobs.sources.0: expected a bucket, or a bucket and a prefix, such as photos or photos/2026/',
        ] as const,
    ),
    [
      'more workers than Step Functions starts',
      { jobs: { concurrency: 10_001 } },
      'prod.jobs.concurrency: expected a whole number of environments from 1 to 10000, got 10001',
    ],
    [
      'p95 over p99',
      { alarms: { p95LatencyMs: 2000 } },
      'prod.alarms.p95LatencyMs: expected at most p99LatencyMs, got 2000',
    ],
    [
      'a retention that CloudWatch Logs does not offer',
      { logRetentionDays: 8 },
      'prod.logRetentionDays: expected a number of days that CloudWatch Logs offers',
    ],
    [
      'a retention that loses the baseline of the quality watch',
      { logRetentionDays: 14 },
      'prod.logRetentionDays: expected more days than qualityWatch.baselineDays, got 14',
    ],
    [
      'a log without the lines that the quality watch counts',
      { logLevel: 'WARN' },
      'prod.logLevel: expected DEBUG or INFO for qualityWatch, which counts the lines about predictions, got "WARN"',
    ],
    [
      'a baseline of two days',
      { qualityWatch: { baselineDays: 2 } },
      'prod.qualityWatch.baselineDays: expected a whole number of days from 3 to 90, got 2',
    ],
    [
      'a baseline from no day',
      { qualityWatch: { baselineFrom: '2026-02-30' } },
      'prod.qualityWatch.baselineFrom: expected a day such as 2026-01-31, got "2026-02-30"',
    ],
    [
      'a timeout over the gateway’s',
      { timeoutSeconds: 30 },
      'prod.timeoutSeconds: expected a whole number of seconds from 3 to 29, got 30',
    ],
    [
      'a malformed e-mail address',
      { notificationEmails: ['ops'] },
      'prod.notificationEmails.0: expected an e-mail address, got "ops"',
    ],
    [
      'an origin with a path',
      { corsOrigins: ['https://a.example/app'] },
      'prod.corsOrigins: expected "*" alone, or origins',
    ],
    [
      'a domain without its zone',
      { domain: { name: 'a.example.com', certificateArn } },
      'prod.domain.hostedZoneId: expected the id of a hosted zone, Z…, got nothing',
    ],
    [
      'a nested value out of range',
      { auth: { requestsPerDay: 0 } },
      'prod.auth.requestsPerDay: expected a whole number from 1 to 1000000000, got 0',
    ],
    [
      'the setting that auth replaced',
      { apiKeys: 'off' },
      'prod.apiKeys: no such setting any more; use auth, with the kind api-key and the same values, or auth: "off"',
    ],
    [
      'another kind of auth',
      { auth: { kind: 'basic' } },
      'prod.auth.kind: expected the kind api-key, iam or jwt, got "basic"',
    ],
    [
      'a setting of another kind of auth, without its kind',
      { auth: { accounts: ['210987654321'] } },
      'prod.auth.accounts: no such setting with "kind": "api-key"',
    ],
    [
      'an issuer of a user pool',
      { auth: { kind: 'jwt', tokens: { from: 'cognito', issuer: 'https://login.example.com' } } },
      'prod.auth.tokens.issuer: no such setting with "from": "cognito"',
    ],
    [
      'an account id that is none',
      { auth: { kind: 'iam', accounts: ['1234'] } },
      'prod.auth.accounts.0: expected the id of an AWS account, 12 digits, got "1234"',
    ],
    [
      'tokens without a source',
      { auth: { kind: 'jwt' } },
      'prod.auth.tokens: expected tokens from cognito or oidc, got nothing',
    ],
    [
      'tokens of an issuer without audiences',
      { auth: { kind: 'jwt', tokens: { from: 'oidc', issuer: 'https://login.example.com', audiences: [] } } },
      'prod.auth.tokens.audiences: expected a list of one audience or more',
    ],
    [
      'an issuer without TLS',
      {
        auth: { kind: 'jwt', tokens: { from: 'oidc', issuer: 'http://login.example.com', audiences: ['a'] } },
      },
      'prod.auth.tokens.issuer: expected an https URL without a query',
    ],
    [
      'a user pool without scopes',
      {
        auth: {
          kind: 'jwt',
          tokens: {
            from: 'cognito',
            userPoolArn: 'arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_Ab12',
          },
        },
      },
      'prod.auth.scopes: expected at least one scope',
    ],
    [
      'a misspelled "off"',
      { waf: 'of' },
      'prod.waf: expected "off" or an object with requestsPer5Minutes, got "of"',
    ],
  ])('refuses %s and names the setting in one line', (_, overrides, message) => {
    const read = () => readStage('prod', { prod: overrides });
    expect(read).toThrow(message);
    expect(read).toThrow(/^[^\n]+$/);
  });

  it.each(Object.keys(settingsSchema.shape))('%s: says what it expects, in no words of zod', (key) => {
    for (const value of [null, -1, true, 'nonsense', [[]], [null], { kind: null }, { unknown: 1 }]) {
      const message = messageOf(() => readStage('prod', { prod: { [key]: value } }));
      if (message === undefined) continue;
      expect(message).toMatch(new RegExp(`^Invalid stage settings\\. prod\\.${key}[.\\w]*: `));
      for (const problem of message.slice('Invalid stage settings. '.length).split('; prod.')) {
        expect(problem).toMatch(/: (expected (?!another value).+, got .+|no such setting.*)$/);
        expect(problem).not.toMatch(/invalid|received|too (small|big)|undefined/i);
      }
    }
  });

  it.each([
    ['a missing stage', undefined, {}, 'stage: expected one of local, dev, staging, prod, got nothing'],
    ['an unknown stage', 'production', {}, 'got "production"'],
    ['overrides of an unknown stage', 'prod', { production: {} }, 'stages.production: expected one of'],
    [
      'overrides that are not an object',
      'prod',
      'memoryMiB=1',
      'stages: expected an object, got "memoryMiB=1"',
    ],
    ['settings that are not an object', 'prod', { prod: 7 }, 'prod: expected an object, got 7'],
  ])('refuses %s', (_, name, overrides, message) => {
    expect(() => readStage(name, overrides)).toThrow(message);
  });
});

function messageOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
