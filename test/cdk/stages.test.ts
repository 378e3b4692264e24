import { describe, expect, it } from 'vitest';
import { readStage, STAGE_NAMES } from '../../lib/stages.ts';

const certificateArn = 'arn:aws:acm:eu-central-1:123456789012:certificate/0b0c';

describe('stages', () => {
  it.each(STAGE_NAMES)('%s has settings that hold', (name) => {
    expect(readStage(name).name).toBe(name);
  });

  it('keeps prod as large as the system it replaces: 3 to 10 at 70 %', () => {
    expect(readStage('prod').settings.coldStart).toMatchObject({ min: 3, max: 10, targetUtilization: 0.7 });
  });

  it.each(STAGE_NAMES)(
    '%s has a firewall, if any, that lets one address use up the rate of its key',
    (name) => {
      const { apiKeys, waf } = readStage(name).settings;
      if (apiKeys === 'off' || waf === 'off') return;
      expect(waf.requestsPer5Minutes).toBeGreaterThan(apiKeys.ratePerSecond * 300);
    },
  );

  it('merges what cdk.json says of a stage key by key', () => {
    const { settings } = readStage('prod', { prod: { memoryMiB: 3538, coldStart: { max: 20 } }, dev: {} });
    expect(settings.memoryMiB).toBe(3538);
    expect(settings.coldStart).toMatchObject({ kind: 'provisioned', min: 3, max: 20 });
  });

  it('replaces what is of another kind, and lists', () => {
    const { settings } = readStage('prod', {
      prod: { coldStart: { kind: 'snapstart' }, waf: 'off', corsOrigins: ['https://app.example.com'] },
    });
    expect(settings.coldStart).toEqual({ kind: 'snapstart' });
    expect(settings.waf).toBe('off');
    expect(settings.corsOrigins).toEqual(['https://app.example.com']);
  });

  it('leaves the overrides of another stage alone', () => {
    expect(readStage('dev', { prod: { memoryMiB: 3538 } })).toEqual(readStage('dev'));
  });

  it.each([
    ['a typo', { memoryMB: 1769 }, 'memoryMB: no such setting'],
    ['a typo further in', { alarms: { p95Latency: 100 } }, 'alarms.p95Latency: no such setting'],
    [
      'memory out of range',
      { memoryMiB: 128 },
      'memoryMiB: expected a whole number from 512 to 10240 (got 128)',
    ],
    ['min over max', { coldStart: { min: 11 } }, 'coldStart.min: expected at most max (got 11)'],
    [
      'SnapStart together with provisioned concurrency',
      { coldStart: { kind: 'snapstart', min: 3, max: 10 } },
      'coldStart.min: no such setting; coldStart.max: no such setting',
    ],
    ['another strategy', { coldStart: { kind: 'warm' } }, 'coldStart.kind: expected the kind provisioned'],
    [
      'utilisation out of range',
      { coldStart: { targetUtilization: 1 } },
      'coldStart.targetUtilization: expected a share',
    ],
    [
      'a schedule of five fields',
      { coldStart: { schedules: [{ name: 'Day', cron: '0 8 * * 1-5', min: 1, max: 2 }] } },
      'coldStart.schedules.0.cron: expected the six fields',
    ],
    [
      'reserved concurrency under the maximum',
      { reservedConcurrency: 9 },
      'reservedConcurrency: expected "off" or at least',
    ],
    [
      'p95 over p99',
      { alarms: { p95LatencyMs: 2000 } },
      'alarms.p95LatencyMs: expected at most p99LatencyMs (got 2000)',
    ],
    [
      'a retention there is not',
      { logRetentionDays: 8 },
      'logRetentionDays: expected a retention that CloudWatch Logs offers',
    ],
    [
      'a timeout over the gateway’s',
      { timeoutSeconds: 30 },
      'timeoutSeconds: expected a whole number from 3 to 29 (got 30)',
    ],
    [
      'an address that is none',
      { notificationEmails: ['ops'] },
      'notificationEmails.0: expected an e-mail address',
    ],
    [
      'an origin with a path',
      { corsOrigins: ['https://a.example/app'] },
      'corsOrigins: expected "*" alone, or origins',
    ],
    [
      'a domain without its zone',
      { domain: { name: 'a.example.com', certificateArn } },
      'domain: expected "off" or name, hostedZoneId',
    ],
    ['a switch that is no switch', { waf: 'of' }, 'waf: expected "off" or requestsPer5Minutes (got "of")'],
  ])('refuses %s and names the key in one line', (_, overrides, message) => {
    const read = () => readStage('prod', { prod: overrides });
    expect(read).toThrow(message);
    expect(read).toThrow(/^[^\n]+$/);
  });

  it.each([
    ['no stage', undefined, {}, 'stage: expected one of local, dev, staging, prod, got nothing'],
    ['a stage there is not', 'production', {}, 'got "production"'],
    ['overrides of a stage there is not', 'prod', { production: {} }, 'stages.production: expected one of'],
    ['overrides that are no object', 'prod', 'memoryMiB=1', 'stages: expected an object, got "memoryMiB=1"'],
  ])('refuses %s', (_, name, overrides, message) => {
    expect(() => readStage(name, overrides)).toThrow(message);
  });
});
