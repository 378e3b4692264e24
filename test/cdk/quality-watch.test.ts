import { describe, expect, it } from 'vitest';
import { STAGE_NAMES } from '../../lib/stages.ts';
import { templateOf } from './support.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: readonly string[];
}
interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

const HANDLER = 'quality-watch.handler';

function resourcesOf(overrides: object = {}): Readonly<Record<string, Resource>> {
  return templateOf('prod', overrides).toJSON()['Resources'];
}

/** The resources of a type that belong to the watch. */
const ofWatch = (resources: Readonly<Record<string, Resource>>, type: string) =>
  Object.entries(resources).filter(([id, { Type }]) => Type === type && id.startsWith('Quality'));

function only(resources: Readonly<Record<string, Resource>>, type: string) {
  const [first, ...others] = ofWatch(resources, type);
  if (!first || others.length > 0) throw new Error(`expected one ${type}, got ${others.length + 1}`);
  return { id: first[0], ...first[1] };
}

const resources = resourcesOf();
const watch = only(resources, 'AWS::Lambda::Function');
const serviceLog = Object.keys(resources).find((id) => id.startsWith('ServiceClassifierLog'));
const ownLog = only(resources, 'AWS::Logs::LogGroup').id;
const [alertsTopic] =
  Object.entries(resources).find(
    ([id, { Type }]) => Type === 'AWS::SNS::Topic' && id.startsWith('MonitoringAlerts'),
  ) ?? [];

describe('the quality watch', () => {
  it('is on in prod only', () => {
    const on = STAGE_NAMES.filter((stage) => JSON.stringify(templateOf(stage).toJSON()).includes(HANDLER));
    expect(on).toEqual(['prod']);
  });

  it('queries the log of the service, with the settings of the stage', () => {
    expect(watch.Properties['ImageConfig']).toEqual({ Command: [HANDLER] });
    expect(watch.Properties['Environment']).toEqual({
      Variables: {
        SERVICE_LOG_GROUP: { Ref: serviceLog },
        OWN_LOG_GROUP: { Ref: ownLog },
        WATCHED_MODEL: 'resnet50',
        BASELINE_DAYS: '14',
        DRIFT_PSI: '0.25',
        STAGE: 'prod',
      },
    });
    expect(watch.Properties['LoggingConfig']).toEqual({ LogGroup: { Ref: ownLog } });
  });

  it('takes the start of a new baseline, the threshold of the alarm and the URL of the runbook', () => {
    const changed = resourcesOf({
      qualityWatch: { baselineDays: 28, baselineFrom: '2026-01-31' },
      alarms: { driftPsi: 0.4 },
      runbooksUrl: 'https://wiki.example.com/runbooks',
    });
    expect(JSON.stringify(only(changed, 'AWS::Events::Rule'))).toContain(
      'https://wiki.example.com/runbooks/prediction-drift.md',
    );
    expect(only(changed, 'AWS::Lambda::Function').Properties['Environment']).toMatchObject({
      Variables: { BASELINE_DAYS: '28', BASELINE_FROM: '2026-01-31', DRIFT_PSI: '0.4' },
    });
  });

  it('may query one log group and read its own, and nothing else', () => {
    const { PolicyDocument } = only(resources, 'AWS::IAM::Policy').Properties as {
      PolicyDocument: { Statement: readonly Statement[] };
    };
    const arn = (id: string | undefined) => ({ 'Fn::GetAtt': [id, 'Arn'] });
    const allowed = PolicyDocument.Statement.flatMap(({ Action, Resource: resource }) =>
      [Action].flat().map((action) => [action, resource] as const),
    );
    expect(allowed).toEqual(
      expect.arrayContaining([
        ['logs:StartQuery', arn(serviceLog)],
        ['logs:FilterLogEvents', arn(ownLog)],
        ['logs:GetQueryResults', '*'],
        ['logs:StopQuery', '*'],
        ['sns:Publish', { Ref: alertsTopic }],
      ]),
    );
    const others = allowed.map(([action]) => action).filter((action) => !/Query|Filter|Publish/.test(action));
    expect(others.sort()).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  it('runs once a day, for the day before the time of the event', () => {
    const { Properties } = only(resources, 'AWS::Events::Rule');
    expect(Properties['ScheduleExpression']).toBe('cron(30 1 * * ? *)');
    expect(Properties['Targets']).toEqual([
      expect.objectContaining({
        InputTransformer: {
          InputPathsMap: { time: '$.time' },
          InputTemplate: expect.stringMatching(
            /^{"time":<time>,"about":".*runbooks\/prediction-drift\.md"}$/,
          ),
        },
      }),
    ]);
  });

  it('reports a run that fails, with all permissions in place when that is set up', () => {
    const { Properties } = only(resources, 'AWS::Lambda::EventInvokeConfig');
    expect(Properties).toMatchObject({
      FunctionName: { Ref: watch.id },
      DestinationConfig: { OnFailure: { Destination: { Ref: alertsTopic } } },
    });
    // AWS's default: three attempts.
    expect(Properties).not.toHaveProperty('MaximumRetryAttempts');
    expect(watch.DependsOn).toContain(only(resources, 'AWS::IAM::Policy').id);
  });

  it('leaves nothing behind if it is off', () => {
    const off = JSON.stringify(resourcesOf({ qualityWatch: 'off' }));
    expect(off).not.toContain(HANDLER);
    expect(off).not.toMatch(/prediction-drift|PredictionDrift|ClassDrift|StartQuery/);
  });
});
