import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { DRIFT_METRIC, JOB_METRIC, METRIC, SERVER_METRIC } from '../../../lambda/telemetry/names.ts';
import { readStage } from '../../../lib/stages.ts';
import { examine } from '../../../scripts/lib/doctor/doctor.ts';
import { formatReport } from '../../../scripts/lib/doctor/format.ts';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';
import { namesIn, rowsOf } from '../../support/markdown.ts';
import { healthyAccount, NOW } from '../scripts/doctor/account.ts';

const read = (file: string) => readFileSync(join(REPOSITORY, file), 'utf8');
const page = read('docs/operations.md');

test('the operations page has each metric that the service writes, with its unit', () => {
  const names = { METRIC, DRIFT_METRIC, JOB_METRIC, SERVER_METRIC } as const;
  const sources = globSync('lambda/**/*.ts', { cwd: REPOSITORY }).map(read).join('\n');
  const written = [
    ...sources.matchAll(
      /addMetric\((\w*METRIC)\.(\w+), (?:MetricUnit\.)?(Bytes|Count|Milliseconds|NoUnit|Percent)\b/g,
    ),
  ].map(([, group = '', key = '', unit = '']) => {
    const group_ = names[group as keyof typeof names] as Readonly<Record<string, string>>;
    return [group_[key], unit.replace('NoUnit', 'None')];
  });
  const all = Object.values(names).flatMap((group): string[] => Object.values(group));
  expect(new Set(written.map(([name]) => name))).toEqual(new Set(all));
  const listed = rowsOf(page, '| Metric | Unit |').map(([name = '', unit]) => [namesIn(name)[0], unit]);
  const inOrder = (rows: readonly (readonly (string | undefined)[])[]) =>
    rows.map((row) => row.join(' ')).sort();
  expect(inOrder(listed)).toEqual([...new Set(inOrder(written))]);
});

test('it has the thresholds of each stage', () => {
  const stages = (['dev', 'staging', 'prod'] as const).map((name) => readStage(name).settings.alarms);
  const rows = rowsOf(page, '| `alarms.` |');
  expect(rows.map(([name = '']) => namesIn(name)[0])).toEqual(Object.keys(stages[0] ?? {}));
  for (const [name = '', ...values] of rows) {
    const key = namesIn(name)[0] as keyof (typeof stages)[number];
    expect(values.map(Number), key).toEqual(stages.map((alarms) => alarms[key]));
  }
});

test('it has the alerts of Prometheus', () => {
  const { groups } = parse(read('monitoring/prometheus/rules/alerts.yml')) as {
    groups: { rules: { alert: string; for?: string; labels: { severity: string } }[] }[];
  };
  const rules = groups.flatMap(({ rules }) => rules);
  const listed = rowsOf(page, '| Alert |').map(([name = '', , time, severity]) => [
    namesIn(name)[0],
    time,
    severity,
  ]);
  expect(listed).toEqual(rules.map((rule) => [rule.alert, rule.for ?? '', rule.labels.severity]));
});

test('its report is what the command prints', async () => {
  const model = { name: 'resnet50', version: '1.0.0', service: { version: '1.4.0' } };
  const service = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(model));
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  try {
    const account = healthyAccount(`http://127.0.0.1:${(service.address() as AddressInfo).port}/prod/`);
    account.mocks.cloudWatch.on(DescribeAlarmsCommand).resolves({
      MetricAlarms: [
        {
          AlarmName: 'resnet50-prod-throttles',
          AlarmDescription:
            'Lambda refused requests, because the account or the function has no concurrency left. Runbook: docs/runbooks/throttles.md',
          StateValue: 'ALARM',
          StateUpdatedTimestamp: new Date('2026-11-27T11:51:00Z'),
        },
        { AlarmName: 'resnet50-prod-cpu', StateValue: 'OK' },
      ],
    });
    const report = await examine({ stage: readStage('prod'), clients: account.clients, now: NOW });
    const [, printed = ''] = /```text\n([\s\S]*?)\n```/.exec(page) ?? [];
    expect(formatReport({ ...report, links: [] }, new PassThrough()).trimEnd()).toBe(printed);
  } finally {
    service.close();
  }
});
