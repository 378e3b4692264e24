import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failurePercent } from '../../lib/constructs/monitoring/burn-rate.ts';
import { FAILURE_PATTERNS, type Failure } from '../../lib/constructs/monitoring/environment-failures.ts';
import { expectedUsdPerDay } from '../../lib/expected-cost.ts';
import type { Settings } from '../../lib/settings.ts';
import { readStage, STAGE_NAMES, type StageName } from '../../lib/stages.ts';
import { templateOf } from './support.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: unknown;
  readonly UpdatePolicy?: unknown;
}
interface MetricOfAlarm {
  readonly MetricName: string;
  readonly Namespace: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
}
interface Alarm extends MetricOfAlarm {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmRule?: unknown;
  readonly AlarmActions?: readonly { readonly Ref: string }[];
  readonly OKActions?: readonly { readonly Ref: string }[];
  readonly Threshold: number;
  readonly Period?: number;
  readonly EvaluationPeriods: number;
  readonly TreatMissingData: string;
  readonly Metrics?: readonly {
    readonly Expression?: string;
    readonly MetricStat?: { readonly Metric: MetricOfAlarm; readonly Period: number };
  }[];
}

const ROOT = new URL('../../', import.meta.url);
const synthesised = new Map<string, Record<string, Resource>>();

function resourcesOf(stage: StageName, overrides: object = {}): Record<string, Resource> {
  const key = JSON.stringify([stage, overrides]);
  const known = synthesised.get(key) ?? templateOf(stage, overrides).toJSON()['Resources'];
  synthesised.set(key, known);
  return known;
}

/** All alarms, including composite ones, by the last part of their name. */
function alarmsOf(stage: StageName, overrides: object = {}): Map<string, Alarm & { readonly id: string }> {
  return new Map(
    Object.entries(resourcesOf(stage, overrides))
      .filter(([, { Type }]) => /^AWS::CloudWatch::(Composite)?Alarm$/.test(Type))
      .map(([id, { Properties }]) => {
        const alarm = { id, ...(Properties as unknown as Alarm) };
        return [alarm.AlarmName.replace(`resnet50-${stage}-`, ''), alarm];
      }),
  );
}

function alarmOf(name: string, stage: StageName = 'prod', overrides: object = {}) {
  const alarm = alarmsOf(stage, overrides).get(name);
  if (!alarm) throw new Error(`expected an alarm ${name}, got ${[...alarmsOf(stage, overrides).keys()]}`);
  return alarm;
}

const metricsOf = (alarm: Alarm): readonly MetricOfAlarm[] =>
  alarm.Metrics
    ? alarm.Metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []))
    : alarm.MetricName
      ? [alarm]
      : [];

const expressionOf = (alarm: Alarm) =>
  alarm.Metrics?.find(({ Expression }) => Expression !== undefined)?.Expression ?? '';

const longestPeriodOf = (alarm: Alarm) =>
  Math.max(alarm.Period ?? 0, ...(alarm.Metrics ?? []).map(({ MetricStat }) => MetricStat?.Period ?? 0));

const only = (resources: Record<string, Resource>, type: string) =>
  Object.entries(resources).filter(([, { Type }]) => Type === type);

/**
 * Evaluates a metric expression for one period, by the rules of CloudWatch's functions. `undefined` means no
 * data.
 */
function evaluate(expression: string, values: Record<string, number | undefined>): number {
  const names = Object.keys(values);
  const compute = new Function('IF', 'FILL', ...names, `return ${expression};`);
  return compute(
    (condition: boolean, then: number, otherwise: number) => (condition ? then : otherwise),
    (value: number | undefined, filler: number) => value ?? filler,
    ...names.map((name) => values[name]),
  );
}

/** Ids of all resources that a resource refers to, directly or indirectly. */
function reachableFrom(resources: Record<string, Resource>, start: string): Set<string> {
  const reached = new Set<string>();
  const visit = (id: string) => {
    if (reached.has(id) || !resources[id]) return;
    reached.add(id);
    for (const [, next] of JSON.stringify(resources[id]).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"([^"]+)"/g)) {
      if (next) visit(next);
    }
    for (const next of [resources[id].DependsOn ?? []].flat()) visit(String(next));
  };
  visit(start);
  return reached;
}

const domain = {
  name: 'api.example.com',
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  hostedZoneName: 'example.com',
  certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/0b0c',
};

describe.each(STAGE_NAMES)('alarms of stage %s', (stage) => {
  it('use the alias in all metrics of Lambda for the service', () => {
    const ofOthers = ({ AlarmName }: Alarm) => /-hook-failed-|-job-throttles$/.test(AlarmName);
    const lambda = [...alarmsOf(stage).values()]
      .filter((alarm) => !ofOthers(alarm))
      .flatMap(metricsOf)
      .filter(({ Namespace }) => Namespace === 'AWS/Lambda');
    expect(lambda.length).toBeGreaterThan(0);
    for (const { Dimensions = [] } of lambda) {
      const dimensions = new Map(Dimensions.map(({ Name, Value }) => [Name, Value]));
      const name = dimensions.get('FunctionName') as { Ref: string };
      expect(name.Ref).toMatch(/Classifier/);
      expect(dimensions.get('Resource')).toEqual({ 'Fn::Join': ['', [name, ':live']] });
    }
  });

  it('treat missing data as fine, except that of the probe', () => {
    for (const [name, { TreatMissingData, AlarmRule }] of alarmsOf(stage)) {
      if (AlarmRule) continue;
      expect([name, TreatMissingData]).toEqual([
        name,
        name === 'service-down' ? 'breaching' : 'notBreaching',
      ]);
    }
  });

  it('each notify a topic, directly or through a composite alarm', () => {
    const alarms = [...alarmsOf(stage).values()];
    const rules = alarms.map(({ AlarmRule }) => JSON.stringify(AlarmRule ?? '')).join();
    for (const { id, AlarmName, AlarmActions, OKActions } of alarms) {
      if (!AlarmActions) expect(rules, AlarmName).toContain(id);
      else expect(OKActions, AlarmName).toEqual(AlarmActions);
    }
  });

  it('each name a runbook that exists', () => {
    for (const { AlarmDescription } of alarmsOf(stage).values()) {
      const [, path] = AlarmDescription.match(/ Runbook: (docs\/runbooks\/[a-z0-9-]+\.md)$/) ?? [];
      expect(existsSync(new URL(String(path), ROOT)), AlarmDescription).toBe(true);
    }
  });

  it('stay within the longest evaluation window of CloudWatch', () => {
    for (const alarm of alarmsOf(stage).values()) {
      if (alarm.AlarmRule) continue;
      const period = longestPeriodOf(alarm);
      // PutMetricAlarm: at most a day for periods under an hour, otherwise seven days. A period is at most a
      // day.
      expect(period, alarm.AlarmName).toBeLessThanOrEqual(86_400);
      expect(period * alarm.EvaluationPeriods, alarm.AlarmName).toBeLessThanOrEqual(
        period < 3600 ? 86_400 : 604_800,
      );
    }
  });

  it('that roll back a deployment do not depend on the alias or the API', () => {
    const resources = resourcesOf(stage);
    for (const name of ['new-version-errors', 'new-version-latency', 'init-failures', 'server-errors']) {
      const types = [...reachableFrom(resources, alarmOf(name, stage).id)].map((id) => resources[id]?.Type);
      expect(types).toContain('AWS::SNS::Topic');
      expect(types).not.toContain('AWS::Lambda::Alias');
      expect(types.filter((type) => type?.startsWith('AWS::ApiGateway'))).toEqual([]);
    }
  });
});

it('links every alarm and the headings of the dashboard to published runbooks', () => {
  const template = templateOf('prod', { runbooksUrl: 'https://wiki.example.com/runbooks/' });
  for (const type of ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']) {
    for (const { Properties } of Object.values(template.findResources(type))) {
      expect(Properties.AlarmDescription).toMatch(
        /Runbook: https:\/\/wiki\.example\.com\/runbooks\/[a-z0-9-]+\.md$/,
      );
    }
  }
  const dashboard = JSON.stringify(Object.values(template.findResources('AWS::CloudWatch::Dashboard')));
  expect(dashboard).toContain('[spillover](https://wiki.example.com/runbooks/spillover.md)');
  expect(dashboard).not.toContain('docs/runbooks');
});

it('has one runbook for each alarm, notice and alert of Prometheus, listed in the index', () => {
  const named = [...alarmsOf('prod', { domain }).values()].map(
    ({ AlarmDescription }) => AlarmDescription.match(/([a-z0-9-]+\.md)$/)?.[1],
  );
  const notices = ['cost-above-expected.md', 'deployment-failed.md'];
  const rules = readFileSync(new URL('monitoring/prometheus/rules/alerts.yml', ROOT), 'utf8');
  const alerts = [...rules.matchAll(/runbook: docs\/runbooks\/(.+)/g)].map(([, file]) => file);
  const files = readdirSync(new URL('docs/runbooks/', ROOT)).filter((file) => file !== 'README.md');
  const all = [...new Set([...named, ...notices, ...alerts])].sort();
  expect(files.sort(), 'files in docs/runbooks').toEqual(all);
  const index = readFileSync(new URL('docs/runbooks/README.md', ROOT), 'utf8');
  const listed = files.filter((file) => index.includes(`(${file})`));
  expect(listed, 'runbooks listed in docs/runbooks/README.md').toEqual(files);
});

it('reads every threshold from the stage', () => {
  const alarms: Settings['alarms'] = {
    p95LatencyMs: 301,
    p99LatencyMs: 1001,
    errorPercent: 2,
    cpuPercent: 97,
    memoryPercent: 84,
    failedEnvironments: 4,
    utilizationPercent: 80,
    lowConfidencePercent: 45,
    driftPsi: 0.3,
    refusedPercent: 30,
    jobInputFailurePercent: 35,
    oldestJobHours: 6,
    jobThrottlePercent: 70,
    availabilityPercent: 99.5,
  };
  const threshold = (name: string) => alarmOf(name, 'prod', { alarms }).Threshold;
  expect(threshold('latency-p95')).toBe(301);
  expect(threshold('new-version-latency')).toBe(301);
  expect(threshold('latency-p99')).toBe(1001);
  expect(threshold('server-errors')).toBe(2);
  expect(threshold('cpu')).toBe(97);
  expect(threshold('memory')).toBe(84);
  expect(threshold('failed-environments')).toBe(4);
  expect(threshold('provisioned-utilization')).toBe(0.8);
  expect(threshold('low-confidence')).toBe(45);
  expect(threshold('prediction-drift')).toBe(0.3);
  expect(threshold('refused-requests')).toBe(30);
  expect(threshold('job-inputs-failing')).toBe(35);
  expect(threshold('oldest-job')).toBe(6 * 60);
  expect(threshold('job-throttles')).toBe(70);
  expect(threshold('availability-fast-burn-1h')).toBe(7.2);
  expect(threshold('availability-slow-burn-30m')).toBe(3);
  expect(threshold('availability-steady-burn-3d')).toBe(0.5);
});

it('relates failures to all requests, and ignores a few', () => {
  const share = (failed: number, requests: number) =>
    evaluate(expressionOf(alarmOf('server-errors')), { failed, requests });
  expect(share(6, 200)).toBe(3);
  expect(share(4, 4)).toBe(0);
});

it('computes no percentile from too few responses', () => {
  const latency = (values: number, slow: number) =>
    evaluate(expressionOf(alarmOf('latency-p95')), { values, slow });
  expect(latency(19, 9000)).toBe(0);
  expect(latency(20, 9000)).toBe(9000);
});

it('computes low confidence from enough images only', () => {
  const share = (images: number) => evaluate(expressionOf(alarmOf('low-confidence')), { images, low: 0.6 });
  expect(share(49)).toBe(0);
  expect(share(50)).toBe(60);
});

describe('alarms on jobs', () => {
  const expression = (name: string) => expressionOf(alarmOf(name));

  it('count jobs that failed or ran out of time, and webhooks that were given up', () => {
    const counted = ['job-failed', 'job-timed-out', 'webhooks-failed'].map((name) =>
      metricsOf(alarmOf(name)).map(({ MetricName, Dimensions }) => [
        MetricName,
        JSON.stringify(Dimensions).match(/Jobs[A-Z][a-z]+/)?.[0],
      ]),
    );
    expect(counted).toEqual([
      [['ExecutionsFailed', 'JobsMachine']],
      [['ExecutionsTimedOut', 'JobsMachine']],
      [['ExecutionsFailed', 'JobsWebhooks']],
    ]);
  });

  it('relate failures to all inputs, and ignore a few', () => {
    const share = (inputs: number, failures: number) =>
      evaluate(expression('job-inputs-failing'), { inputs, failures });
    expect(share(200, 60)).toBe(30);
    expect(share(99, 99)).toBe(0);
  });

  it('relate refused calls of workers to all calls, in all versions of the function', () => {
    const share = (throttles: number, invocations: number) =>
      evaluate(expression('job-throttles'), { throttles, invocations });
    expect(share(300, 100)).toBe(75);
    expect(share(99, 0)).toBe(0);
    for (const { Dimensions } of metricsOf(alarmOf('job-throttles'))) {
      expect(Dimensions).toEqual([
        { Name: 'FunctionName', Value: { Ref: expect.stringMatching(/^JobsWorker/) } },
      ]);
    }
  });

  it('page nobody, and do not exist in a stage without jobs', () => {
    expect(JSON.stringify(alarmOf('page').AlarmRule)).not.toContain('Job');
    const names = [...alarmsOf('dev').keys()];
    expect(names.filter((name) => /job|webhook/.test(name))).toEqual([]);
  });
});

describe('the error budget', () => {
  it.each([
    ['fast', 14.4, '1h', 3600, 1, '5m', 300],
    ['slow', 6, '6h', 21_600, 1, '30m', 1800],
    ['steady', 1, '3d', 86_400, 3, '6h', 21_600],
  ])(
    'burns %s at %d times, over %s and still over the short window',
    (name, factor, long, period, periods, short, shortPeriod) => {
      const alarm = (window: string) => alarmOf(`availability-${name}-burn-${window}`);
      for (const window of [long, short]) {
        expect(alarm(window).Threshold).toBeCloseTo(factor * 0.1, 10);
        expect(alarm(window).AlarmActions).toBeUndefined();
      }
      expect([longestPeriodOf(alarm(long)), alarm(long).EvaluationPeriods]).toEqual([period, periods]);
      expect([longestPeriodOf(alarm(short)), alarm(short).EvaluationPeriods]).toEqual([shortPeriod, 1]);
      const rule = JSON.stringify(alarmOf(`availability-${name}-burn`).AlarmRule);
      expect(rule).toMatch(new RegExp(`${alarm(long).id}.* AND .*${alarm(short).id}`));
    },
  );

  it('burns fastest when all requests fail', () => {
    expect(failurePercent(14.4, 90)).toBe(100);
  });
});

describe('paging', () => {
  it('uses one alarm, which is on while the service is down or burns its budget fast', () => {
    const page = alarmOf('page');
    const topics = only(resourcesOf('prod'), 'AWS::SNS::Topic').map(([id]) => id);
    const [paging] = page.AlarmActions ?? [];
    expect(topics).toContain(paging?.Ref);
    const others = [...alarmsOf('prod').values()].filter(({ id }) => id !== page.id);
    expect(others.flatMap(({ AlarmActions = [] }) => AlarmActions.map(({ Ref }) => Ref))).not.toContain(
      paging?.Ref,
    );
    const symptoms = ['service-down', 'availability-fast-burn', 'availability-slow-burn'].map(
      (name) => alarmOf(name).id,
    );
    expect(JSON.stringify(page.AlarmRule)).toMatch(new RegExp(symptoms.join('.* OR .*')));
  });

  it.each(STAGE_NAMES)('exists in stage %s only if its settings say so', (stage) => {
    const { paging } = readStage(stage, {}).settings;
    const resources = resourcesOf(stage);
    expect(only(resources, 'AWS::CloudWatch::CompositeAlarm').length > 0).toBe(paging);
    expect(only(resources, 'AWS::SNS::Topic')).toHaveLength(paging ? 2 : 1);
  });
});

describe('topics', () => {
  it('accept messages of this account’s alarms only, over TLS only', () => {
    const policies = only(resourcesOf('prod'), 'AWS::SNS::TopicPolicy');
    expect(policies).toHaveLength(2);
    for (const [, { Properties }] of policies) {
      const { Statement } = Properties['PolicyDocument'] as { Statement: object[] };
      expect(Statement).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            Effect: 'Deny',
            Principal: '*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
          expect.objectContaining({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: expect.objectContaining({
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            }),
          }),
        ]),
      );
    }
  });

  it('have no KMS key that alarms cannot use', () => {
    for (const [, { Properties }] of only(resourcesOf('prod'), 'AWS::SNS::Topic')) {
      expect(Properties).not.toHaveProperty('KmsMasterKeyId');
    }
  });

  it('each notify every address', () => {
    const resources = resourcesOf('prod', { notificationEmails: ['a@example.com', 'b@example.com'] });
    const sent = only(resources, 'AWS::SNS::Subscription').map(([, { Properties }]) => [
      (Properties['TopicArn'] as { Ref: string }).Ref,
      Properties['Endpoint'],
    ]);
    const topics = only(resources, 'AWS::SNS::Topic').map(([id]) => id);
    const wanted = topics.flatMap((topic) => ['a@example.com', 'b@example.com'].map((mail) => [topic, mail]));
    expect(sent.sort()).toEqual(wanted.sort());
  });
});

describe('subscribers', () => {
  const chats = [
    { kind: 'slack', workspaceId: 'T0123456789', channelId: 'C0123456789', receives: 'alerts' },
    {
      kind: 'teams',
      tenantId: '12345678-1234-1234-1234-123456789012',
      teamId: 'abcdefab-1234-1234-1234-123456789012',
      channelId: '19%3aab%40thread.tacv2',
    },
  ];
  const topicsOf = (resources: Record<string, Resource>) => {
    const named = (part: string) =>
      only(resources, 'AWS::SNS::Topic').find(([id]) => id.includes(part))?.[0] ?? part;
    return { alerts: named('Alerts'), pages: named('Paging') };
  };

  it('at an HTTPS endpoint receive alerts, pages, or both', () => {
    const resources = resourcesOf('prod', {
      notificationUrls: [
        { url: 'https://a.example.com/pages', receives: 'pages' },
        { url: 'https://b.example.com/both' },
      ],
    });
    const { alerts, pages } = topicsOf(resources);
    const sent = only(resources, 'AWS::SNS::Subscription').map(([, { Properties }]) => [
      Properties['Protocol'],
      Properties['Endpoint'],
      (Properties['TopicArn'] as { Ref: string }).Ref,
    ]);
    expect(sent.sort()).toEqual(
      [
        ['https', 'https://a.example.com/pages', pages],
        ['https', 'https://b.example.com/both', pages],
        ['https', 'https://b.example.com/both', alerts],
      ].sort(),
    );
  });

  it('in a chat receive alerts, pages, or both, and may run no commands', () => {
    const resources = resourcesOf('prod', { notificationChats: chats });
    const { alerts, pages } = topicsOf(resources);
    const [[, slack] = []] = only(resources, 'AWS::Chatbot::SlackChannelConfiguration');
    const [[, teams] = []] = only(resources, 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration');
    expect(slack?.Properties).toMatchObject({
      SlackWorkspaceId: 'T0123456789',
      SlackChannelId: 'C0123456789',
      SnsTopicArns: [{ Ref: alerts }],
    });
    expect(teams?.Properties).toMatchObject({
      TeamsTenantId: '12345678-1234-1234-1234-123456789012',
      TeamId: 'abcdefab-1234-1234-1234-123456789012',
      SnsTopicArns: [{ Ref: alerts }, { Ref: pages }],
    });
    for (const chat of [slack, teams]) {
      expect(JSON.stringify(chat?.Properties['GuardrailPolicies'])).toContain(':policy/AWSDenyAll');
    }
    const policies = only(resources, 'AWS::IAM::Policy').map(([, one]) => JSON.stringify(one));
    expect(policies.filter((policy) => policy.includes('MonitoringChats'))).toEqual([]);
  });
});

describe('the watch on cost', () => {
  const costWatch = { requestsPerSecond: 5, percentOfExpected: 150, anomalyUsd: 20 };

  it('does not exist by default', () => {
    for (const type of ['AWS::Budgets::Budget', 'AWS::CE::AnomalyMonitor']) {
      expect(only(resourcesOf('prod'), type)).toEqual([]);
    }
  });

  it('reports a day that costs more than the model expects', () => {
    const resources = resourcesOf('prod', { costWatch });
    const [[, budget] = []] = only(resources, 'AWS::Budgets::Budget');
    const alerts = only(resources, 'AWS::SNS::Topic').find(([id]) => id.includes('Alerts'))?.[0];
    expect(budget?.Properties).toMatchObject({
      Budget: {
        TimeUnit: 'DAILY',
        BudgetLimit: { Amount: Number((1.5 * expectedUsdPerDay('prod', 5)).toFixed(2)), Unit: 'USD' },
        FilterExpression: { Tags: { Values: ['resnet50-prod'] } },
      },
      NotificationsWithSubscribers: [
        {
          Notification: { NotificationType: 'ACTUAL', Threshold: 100, ThresholdType: 'PERCENTAGE' },
          Subscribers: [{ SubscriptionType: 'SNS', Address: { Ref: alerts } }],
        },
      ],
    });
  });

  it('reports unusual spending, unless that is off', () => {
    const [[, notices] = []] = only(resourcesOf('prod', { costWatch }), 'AWS::CE::AnomalySubscription');
    expect(notices?.Properties['Frequency']).toBe('IMMEDIATE');
    expect(notices?.Properties['ThresholdExpression']).toContain('"Values":["20"]');
    const off = resourcesOf('prod', { costWatch: { ...costWatch, anomalyUsd: 'off' } });
    expect(only(off, 'AWS::CE::AnomalyMonitor')).toEqual([]);
    expect(only(off, 'AWS::Budgets::Budget')).toHaveLength(1);
  });

  it('may publish to the alerts topic, for this account only', () => {
    const policies = only(resourcesOf('prod', { costWatch }), 'AWS::SNS::TopicPolicy');
    const statements = policies.flatMap(
      ([, { Properties }]) => (Properties['PolicyDocument'] as { Statement: object[] }).Statement,
    );
    expect(statements).toContainEqual(
      expect.objectContaining({
        Principal: { Service: ['budgets.amazonaws.com', 'costalerts.amazonaws.com'] },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    );
  });
});

describe('deployments that fail', () => {
  it('are reported to the alerts topic, which accepts rules of this stage only', () => {
    const resources = resourcesOf('prod');
    const rules = only(resources, 'AWS::Events::Rule').filter(([, { Properties }]) =>
      JSON.stringify(Properties['EventPattern'] ?? '').includes('aws.codedeploy'),
    );
    const [[, rule] = []] = rules;
    expect(rules).toHaveLength(1);
    const [[application] = []] = only(resources, 'AWS::CodeDeploy::Application');
    expect(rule?.Properties['EventPattern']).toMatchObject({
      detail: { application: [{ Ref: application }], state: ['FAILURE', 'STOP'] },
    });
    const alerts = only(resources, 'AWS::SNS::Topic').find(([id]) => id.includes('Alerts'))?.[0];
    expect(rule?.Properties['Targets']).toMatchObject([{ Arn: { Ref: alerts } }]);
    // The form that chats show.
    const InputTemplate = expect.stringMatching(
      /^{"version":"1.0","source":"custom","content":{"title":".+","description":".+deployment-failed\.md"}}$/,
    );
    expect(rule?.Properties['Targets']).toMatchObject([{ InputTransformer: { InputTemplate } }]);
    const policies = JSON.stringify(only(resources, 'AWS::SNS::TopicPolicy'));
    expect(policies).toContain('rule/resnet50-prod-*');
  });

  it.each(['pre-traffic', 'post-traffic'])('also raise an alarm if the %s hook crashes', (hook) => {
    const { MetricName, Dimensions = [], Threshold } = alarmOf(`hook-failed-${hook}`);
    expect([MetricName, Threshold]).toEqual(['Errors', 0]);
    const [{ Value } = { Value: {} }] = Dimensions;
    expect((Value as { Ref: string }).Ref).toMatch(hook === 'pre-traffic' ? /PreTraffic/ : /PostTraffic/);
  });

  it('do not exist without CodeDeploy', () => {
    const resources = resourcesOf('local');
    expect([...alarmsOf('local').keys()].filter((name) => name.startsWith('hook-failed'))).toEqual([]);
    expect(JSON.stringify(only(resources, 'AWS::Events::Rule'))).not.toContain('aws.codedeploy');
  });
});

describe('the probe', () => {
  it('runs once in each period of its alarm, without retries', () => {
    const overrides = { probe: { everyMinutes: 2 }, qualityWatch: 'off', jobs: 'off' };
    const resources = resourcesOf('prod', overrides);
    const scheduled = only(resources, 'AWS::Events::Rule').flatMap(
      ([, { Properties }]) => Properties['ScheduleExpression'] ?? [],
    );
    expect(scheduled).toEqual(['rate(2 minutes)']);
    expect(alarmOf('service-down', 'prod', overrides).Period).toBe(120);
    const [[, asynchronous] = []] = only(resources, 'AWS::Lambda::EventInvokeConfig');
    expect(asynchronous?.Properties['MaximumRetryAttempts']).toBe(0);
  });

  it('does not exist if it is off, and neither does its alarm', () => {
    const overrides = { probe: 'off', qualityWatch: 'off', jobs: 'off' };
    const rules = only(resourcesOf('prod', overrides), 'AWS::Events::Rule');
    expect(rules.filter(([, { Properties }]) => 'ScheduleExpression' in Properties)).toEqual([]);
    expect(alarmsOf('prod', overrides).has('service-down')).toBe(false);
    expect(JSON.stringify(alarmOf('page', 'prod', overrides).AlarmRule)).toContain('FastBurn');
  });
});

it('has alarms on provisioned concurrency only if the stage uses it', () => {
  const capacity = ['spillover', 'provisioned-utilization'];
  const kinds = (stage: StageName) => capacity.map((name) => alarmsOf(stage).has(name));
  expect(kinds('prod')).toEqual([true, true]);
  expect(kinds('dev')).toEqual([false, false]);
});

it('does not take the probe for load on the warm environments', () => {
  const utilization = (values: { requests: number; utilization: number }) =>
    evaluate(expressionOf(alarmOf('provisioned-utilization', 'staging')), values);
  expect(utilization({ requests: 5, utilization: 1 })).toBe(0);
  expect(utilization({ requests: 6, utilization: 1 })).toBe(1);
});

describe('failed environments', () => {
  const STARTING = ['InitFailures', 'FailedEnvironments'];
  const RUNNING = ['FailedEnvironments'];
  const matches = (line: string) =>
    (Object.keys(FAILURE_PATTERNS) as Failure[]).filter((failure) =>
      new RegExp(FAILURE_PATTERNS[failure].slice(1, -1)).test(line),
    );

  it('use only what CloudWatch Logs supports in regular expressions', () => {
    for (const pattern of Object.values(FAILURE_PATTERNS)) {
      expect(pattern).toMatch(/^%[A-Za-z0-9:_#=@/;,^$?[\]{}|\\*+.-]+%$/);
    }
    expect(Object.keys(FAILURE_PATTERNS).length).toBeLessThanOrEqual(5);
  });

  it.each([
    [
      'INIT_REPORT Init Duration: 206.72 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError',
      STARTING,
    ],
    ['INIT_REPORT Init Duration: 10008.54 ms\tPhase: init\tStatus: timeout', STARTING],
    ['RESTORE_REPORT Restore Duration: 10000.00 ms\tStatus: timeout', STARTING],
    ['RequestId: 6f747a63-0b2c Error: Runtime exited with error: signal: killed', RUNNING],
    ['RequestId: 6f747a63-0b2c Error: Runtime exited without providing a reason', RUNNING],
    ['2026-01-31T12:00:00.000Z 6f747a63-0b2c Task timed out after 28.00 seconds', RUNNING],
  ])('count %j once, as %j', (line, failures) => {
    expect(matches(line)).toEqual(failures);
  });

  it.each([
    'START RequestId: 6f747a63-0b2c Version: 7',
    'REPORT RequestId: 6f747a63-0b2c\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 1769 MB\tMax Memory Used: 300 MB\tInit Duration: 612.00 ms',
    // The same environment, retried for the request that waited.
    'INIT_REPORT Init Duration: 1666.62 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ExitError',
    'INIT_REPORT Init Duration: 812.00 ms\tPhase: init\tStatus: success',
    '{"level":"INFO","message":"request","reason":"INIT_REPORT Phase: init Status: error"}',
    '{"level":"INFO","message":"request","source_url":"https://a.example/RequestId: 1 Error: Runtime exited"}',
    '{"level":"INFO","message":"2026-01-31T12:00:00.000Z 1 Task timed out after 3.00 seconds"}',
  ])('do not count %j', (line) => {
    expect(matches(line)).toEqual([]);
  });

  it('are counted in the log of the classifier function', () => {
    const resources = resourcesOf('prod');
    const filters = only(resources, 'AWS::Logs::MetricFilter').filter(([, { Properties }]) =>
      String(Properties['FilterPattern']).startsWith('%'),
    );
    expect(filters.map(([, { Properties }]) => Properties['FilterPattern']).sort()).toEqual(
      Object.values(FAILURE_PATTERNS).sort(),
    );
    for (const [, { Properties }] of filters) {
      expect((Properties['LogGroupName'] as { Ref: string }).Ref).toMatch(/^ServiceClassifier/);
    }
  });
});

describe('the metrics of the access log', () => {
  it('are 0 for every minute with other lines, and therefore have no dimensions', () => {
    const filters = only(resourcesOf('prod'), 'AWS::Logs::MetricFilter').filter(
      ([, { Properties }]) => !String(Properties['FilterPattern']).startsWith('%'),
    );
    expect(filters.length).toBeGreaterThan(0);
    for (const [, { Properties }] of filters) {
      const [metric, ...others] = Properties['MetricTransformations'] as [Record<string, unknown>];
      expect(others).toEqual([]);
      expect(metric).toMatchObject({ DefaultValue: 0, MetricValue: '1' });
      expect(metric).not.toHaveProperty('Dimensions');
    }
  });

  it('need no FILL in any alarm, which makes no data for a metric that never had any', () => {
    for (const alarm of alarmsOf('prod').values()) expect(expressionOf(alarm)).not.toContain('FILL');
  });
});

describe('the dashboard', () => {
  interface Widget {
    readonly type: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly properties: { readonly title?: string; readonly metrics?: readonly (readonly unknown[])[] };
  }
  const widgetsOf = (stage: StageName): Widget[] => {
    const [[, dashboard] = []] = only(resourcesOf(stage), 'AWS::CloudWatch::Dashboard');
    const body = dashboard?.Properties['DashboardBody'] as { 'Fn::Join': [string, (string | object)[]] };
    const text = body['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'TOKEN')).join('');
    return JSON.parse(text).widgets;
  };

  it.each(STAGE_NAMES)('of stage %s fills the grid without overlaps', (stage) => {
    const cells = new Set<string>();
    let bottom = 0;
    for (const { x, y, width, height } of widgetsOf(stage)) {
      expect(x + width).toBeLessThanOrEqual(24);
      bottom = Math.max(bottom, y + height);
      for (let column = x; column < x + width; column += 1) {
        for (let row = y; row < y + height; row += 1) {
          expect(cells.has(`${column},${row}`)).toBe(false);
          cells.add(`${column},${row}`);
        }
      }
    }
    expect(cells.size).toBe(24 * bottom);
  });

  it('shows a firewall only if the stage has one', () => {
    const titles = (stage: StageName) => widgetsOf(stage).map(({ properties }) => properties.title);
    expect(titles('prod')).toContain('Blocked, by rule');
    expect(titles('dev')).not.toContain('Blocked, by rule');
  });

  const usdPerMillion = (stage: StageName, hour: Record<string, number | undefined>) => {
    const graph = widgetsOf(stage).find(({ properties }) => properties.title === 'Per million predictions');
    const [[{ expression } = { expression: '' }] = []] = (graph?.properties.metrics ?? []) as [
      { expression: string },
    ][];
    return evaluate(expression, hour);
  };
  const quiet = { serviceLog: undefined, accessLog: undefined };

  it('prices an hour on demand', () => {
    // 36,000 requests of 20 ms with 1,769 MiB: 720 s * 1.7275 GB * $16.67 + 36,000 * ($0.20 + $3.50), by the
    // million.
    const usd = usdPerMillion('dev', {
      ...quiet,
      duration: 720_000,
      invocations: 36_000,
      requests: 36_000,
      predictions: 36_000,
    });
    expect(usd).toBeCloseTo((720 * (1769 / 1024) * 16.6667) / 36_000 + 0.2 + 3.5, 4);
  });

  const warmHour = {
    ...quiet,
    duration: 720_000,
    invocations: 36_000,
    requests: 36_000,
    predictions: 36_000,
    warmInvocations: 27_000,
    warmBusy: 3,
    utilization: 0.6,
  };

  it('prices an hour with warm environments by their number', () => {
    const gb = 1769 / 1024;
    const duration = 720 * gb * (0.75 * 9.7222 + 0.25 * 16.6667);
    const kept = 5 * 3600 * gb * 4.1667;
    const usd = usdPerMillion('prod', warmHour);
    expect(usd).toBeCloseTo((duration + kept) / 36_000 + 0.2 + 3.5 + 0.6, 4);
  });

  it('prices the warm environments of an idle hour by their minimum', () => {
    const idle = Object.fromEntries(Object.keys(warmHour).map((name) => [name, undefined]));
    const usd = usdPerMillion('prod', { ...idle, predictions: 1 });
    expect(usd).toBeCloseTo(3 * 3600 * (1769 / 1024) * 4.1667, 2);
  });

  it('prices logs by their bytes', () => {
    const of = (bytes: number) => usdPerMillion('prod', { ...warmHour, serviceLog: bytes, accessLog: bytes });
    expect(of(1e9) - of(0)).toBeCloseTo(1e6 / 36_000, 6);
  });
});
