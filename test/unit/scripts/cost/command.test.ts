import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../../../scripts/lib/cost/inventory.ts';

const SCRIPT = fileURLToPath(new URL('../../../../scripts/cost.ts', import.meta.url));

const run = (...args: string[]) =>
  promisify(execFile)(process.execPath, [SCRIPT, ...args]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );

describe('npm run cost', () => {
  it('answers for a stage and writes the plot', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cost-'));
    const plot = join(directory, 'new', 'plot.svg');
    try {
      const args = ['--stage', 'prod', '--rps', '5', '--memory', '2048', '--p95', '300', '--plot', plot];
      const { code, stdout } = await run(...args);
      expect(code).toBe(0);
      expect(stdout).toContain('Stage prod: 2048 MiB x86_64, provisioned, 5 requests/s');
      expect(stdout).toMatch(/^a million predictions +\d+\.\d\d$/m);
      expect(stdout).toMatch(/^Memory for p95 within 300 ms: \d+ MiB$/m);
      expect(stdout).toMatch(
        /^A job of a million photos .* 50 workers of 1769 MiB, \d+ min, \d+ photos\/s$/m,
      );
      expect(stdout).toMatch(/^a million photos +\d+\.\d\d$/m);
      expect(await readFile(plot, 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('says nothing of jobs for a stage that takes none', async () => {
    const { stdout } = await run('--stage', 'dev');
    expect(stdout).not.toContain('A job of');
  });

  it('uses a duration that was seen on Lambda instead of the assumed slowdown', async () => {
    const { stdout } = await run('--duration-ms', '120', '--memory', '1769', '--json');
    const { tuning } = JSON.parse(stdout);
    expect(
      tuning.options.find(({ memoryMiB }: { memoryMiB: number }) => memoryMiB === 1769).meanMs,
    ).toBeCloseTo(120, 6);
  });

  it.each([
    [['--stage', 'production'], '--stage: expected one of local, dev, staging, prod, got production'],
    [['--memory', '1769.5'], '--memory: expected a whole number from 128 to 10240, got 1769.5'],
    [['--duration-ms', '40', '--slowdown', '2'], '--duration-ms: expected no --slowdown as well, got both'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr.split('\n')[0]).toBe(message);
  });
});

describe('the inventory of a template', () => {
  const template = (resources: Record<string, unknown>) => JSON.stringify({ Resources: resources });

  it('is the number of metrics of alarms and logs, composite alarms, dashboards and rules', () => {
    const alarm = (properties: unknown) => ({ Type: 'AWS::CloudWatch::Alarm', Properties: properties });
    const filter = (transformation: unknown) => ({
      Type: 'AWS::Logs::MetricFilter',
      Properties: { MetricTransformations: [transformation] },
    });
    const stat = { Id: 'm', MetricStat: {} };
    expect(
      inventoryOf(
        template({
          A: alarm({ MetricName: 'Errors' }),
          B: alarm({ Metrics: [stat, stat, { Id: 'e', Expression: 'm1 / m2' }] }),
          C: { Type: 'AWS::CloudWatch::CompositeAlarm' },
          D: { Type: 'AWS::CloudWatch::Dashboard' },
          E: { Type: 'AWS::WAFv2::WebACL', Properties: { Rules: [{}, {}] } },
          F: filter({ DefaultValue: 0 }),
          H: filter({}),
          G: { Type: 'AWS::Lambda::Function' },
          I: { Type: 'AWS::SecretsManager::Secret' },
        }),
        'stack.json',
      ),
    ).toEqual({ alarmMetrics: 3, compositeAlarms: 1, dashboards: 1, logMetrics: 1, wafRules: 2, secrets: 1 });
  });

  it('refuses a file that is not a template, by the name of the file', () => {
    expect(() => inventoryOf('{}', 'stack.json')).toThrow(/^stack\.json: Resources: /);
  });
});
