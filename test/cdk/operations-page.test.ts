import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { REPOSITORY } from '../../scripts/lib/paths.ts';
import { namesIn, rowsOf } from '../support/markdown.ts';
import { templateOf } from './support.ts';

const page = readFileSync(join(REPOSITORY, 'docs/operations.md'), 'utf8');
const domain = {
  name: 'api.example.com',
  hostedZoneId: 'Z1',
  hostedZoneName: 'example.com',
  certificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/1',
};
const template = templateOf('prod', { domain, runbooksUrl: 'https://docs.example.com' });
const resources = (type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);

interface Stat {
  readonly Namespace: string;
  readonly MetricName: string;
}
interface AlarmProperties extends Partial<Stat> {
  readonly AlarmName: string;
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly TreatMissingData: string;
  readonly Period?: number;
  readonly Metrics?: readonly {
    readonly Expression?: string;
    readonly MetricStat?: { readonly Metric: Stat; readonly Period: number };
  }[];
}

const alarms = new Map(
  (resources('AWS::CloudWatch::Alarm') as AlarmProperties[]).map((alarm) => [
    alarm.AlarmName.replace('resnet50-prod-', ''),
    alarm,
  ]),
);
const composites = resources('AWS::CloudWatch::CompositeAlarm').map(({ AlarmName }) =>
  String(AlarmName).replace('resnet50-prod-', ''),
);
const dashboard = JSON.stringify(resources('AWS::CloudWatch::Dashboard')[0]).replaceAll('\\', '');

const SIGNS: Readonly<Record<string, string>> = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '≥',
  LessThanThreshold: '<',
};
const SECONDS: Readonly<Record<string, number>> = { min: 60, h: 3600, d: 86_400 };

/** The short and the long window of an alarm on the error budget. */
const windowsOf = (name: string) =>
  [...alarms.keys()].filter((key) => /-\d+[mhd]$/.test(key) && key.startsWith(name));

describe('the table of alarms', () => {
  const rows = rowsOf(page, '| Alarm | On if |').map(([link = '', condition = '', periods = '']) => ({
    name: namesIn(link)[0] ?? '',
    condition,
    periods,
  }));

  it('has the alarms of prod', () => {
    const own = [...alarms.keys()].filter((name) => !/-burn-\d+[mhd]$/.test(name));
    expect(rows.map(({ name }) => name).sort()).toEqual([...own, ...composites].sort());
  });

  it.each(rows.filter(({ name }) => name !== 'page'))(
    'has the threshold and the periods of $name',
    ({ name, condition, periods }) => {
      const [long = name] = windowsOf(name);
      const alarm = alarms.get(long);
      if (!alarm) throw new Error(`expected an alarm ${long}`);
      const [, sign, threshold] = / ([<>≥]) ([\d.]+)/.exec(condition) ?? [];
      expect([sign, Number(threshold)]).toEqual([SIGNS[alarm.ComparisonOperator], alarm.Threshold]);
      const [, breaching, of, count, unit = ''] = /^(\d) of (\d) × (\d+) (min|h|d)$/.exec(periods) ?? [];
      const inputs = alarm.Metrics?.flatMap(({ MetricStat }) => MetricStat?.Period ?? []) ?? [];
      expect([Number(breaching), Number(of), Number(count) * (SECONDS[unit] ?? 0)]).toEqual([
        alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods,
        alarm.EvaluationPeriods,
        alarm.Period ?? inputs[0],
      ]);
      expect(condition.includes('without data')).toBe(alarm.TreatMissingData === 'breaching');
      const [, least] = /at least (\d+)/.exec(condition) ?? [];
      if (least)
        expect(alarm.Metrics?.find(({ Expression }) => Expression)?.Expression).toContain(`>= ${least},`);
    },
  );
});

test('only the alarm page notifies the topic of pages, and the windows of the burn rates notify nobody', () => {
  const told = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap(resources);
  const notifiedBy = (output: string) => {
    const topic = template.findOutputs(output)[output]?.['Value']?.Ref;
    expect(topic).toBeDefined();
    return told
      .filter(({ AlarmActions = [] }) => AlarmActions.some(({ Ref }: { Ref: string }) => Ref === topic))
      .map(({ AlarmName }) => String(AlarmName).replace('resnet50-prod-', ''));
  };
  expect(notifiedBy('PagingTopicArn')).toEqual(['page']);
  const others = [...alarms.keys(), ...composites].filter(
    (name) => name !== 'page' && !/-burn-\d+[mhd]$/.test(name),
  );
  expect(notifiedBy('AlertsTopicArn').sort()).toEqual(others.sort());
});

test('the table of burn rates has the thresholds and windows of the alarms', () => {
  for (const [link = '', , , percent, windows = ''] of rowsOf(page, '| Alarm | Burn rate |')) {
    const all = windowsOf(namesIn(link)[0] ?? '');
    expect(all.map((name) => `${alarms.get(name)?.Threshold} %`)).toEqual([percent, percent]);
    const [long = '', short = ''] = windows.split(' and ');
    const written = all.map((name) =>
      name.replace(/.*-(\d+)([mhd])$/, (_, count, unit) => `${count} ${unit}`),
    );
    expect(written).toEqual([long.replace('3 × 1 d', '3 d'), short.replace('min', 'm')]);
  }
});

describe('the metrics', () => {
  const read = [...alarms.values()].flatMap((alarm) => [
    ...(alarm.MetricName && alarm.Namespace
      ? [{ Namespace: alarm.Namespace, MetricName: alarm.MetricName }]
      : []),
    ...(alarm.Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Metric ?? []),
  ]);
  const shown = [
    ...dashboard.matchAll(/\["(AWS\/\w+)","(\w+)"/g),
    ...dashboard.matchAll(/SEARCH\('\{(AWS\/\w+),[^']*?MetricName="(\w+)"/g),
  ].map(([, Namespace = '', MetricName = '']) => ({ Namespace, MetricName }));

  it('that AWS publishes are those of the alarms and the dashboard', () => {
    const used = [...read, ...shown]
      .filter(({ Namespace }) => Namespace.startsWith('AWS/'))
      .map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`);
    const listed = rowsOf(page, '| Namespace |').flatMap(([namespace = '', metrics = '']) =>
      namesIn(metrics).map((name) => `${namesIn(namespace)[0]} ${name}`),
    );
    expect(listed.sort()).toEqual([...new Set(used)].sort());
  });

  it('that are counted from logs are the metric filters', () => {
    const filters = resources('AWS::Logs::MetricFilter').map(
      ({ MetricTransformations: [{ MetricName }] }) => MetricName,
    );
    const listed = rowsOf(page, '| Metric | Log |').map(([name = '']) => namesIn(name)[0]);
    expect(listed.sort()).toEqual(filters.sort());
  });
});

describe('the tour', () => {
  const rows = [...dashboard.matchAll(/"## ([^"\\]+?)(?:n\[|")/g)].map(([, title = '']) => title);
  const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, heading = '']) => heading);

  it('has each row of the dashboard, in order', () => {
    const tour = headings.map((heading) => heading.replace('Alarms and traffic', 'Traffic'));
    expect(rows.length).toBeGreaterThan(8);
    expect(tour.filter((heading) => rows.includes(heading))).toEqual(rows);
  });

  it('has the pictures that the command draws', () => {
    const pictures = [...page.matchAll(/\]\(images\/([\w-]+\.png)\)/g)].map(([, file = '']) => file);
    expect(pictures.sort()).toEqual(
      globSync('dashboard-*.png', { cwd: join(REPOSITORY, 'docs/images') }).sort(),
    );
    expect(pictures.every((file) => existsSync(join(REPOSITORY, 'docs/images', file)))).toBe(true);
  });
});

describe.each(['docs/operations.md', ...globSync('docs/runbooks/*.md', { cwd: REPOSITORY })])(
  '%s',
  (file) => {
    const text = readFileSync(join(REPOSITORY, file), 'utf8');
    const tokens = templateOf('prod', {
      auth: {
        kind: 'jwt',
        tokens: { from: 'oidc', issuer: 'https://issuer.example.com', audiences: ['a'] },
      },
    });

    it('names outputs and resources that a stage has', () => {
      const known = Object.keys({ ...template.findOutputs('*'), ...tokens.findOutputs('*') });
      const outputs = [...text.matchAll(/\$\(output (\w+)\)/g)].map(([, name = '']) => name);
      expect(outputs.filter((name) => !known.includes(name))).toEqual([]);
      const named = [...text.matchAll(/resource (\w+) (AWS::[\w:]+)/g)];
      for (const [, prefix = '', type = ''] of named) {
        const found = [template, tokens].map(
          (one) => Object.keys(one.findResources(type)).filter((id) => id.startsWith(prefix)).length,
        );
        expect(Math.max(...found), `${prefix} ${type}`).toBe(1);
      }
    });
  },
);
