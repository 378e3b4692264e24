import { Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmRule,
  type ComparisonOperator,
  CompositeAlarm,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** The folder of the runbooks, relative to the root of the repository. */
export const RUNBOOKS = 'docs/runbooks';
/** The context key under which alarms find the URL of the published runbooks. */
const RUNBOOKS_URL = 'runbooksUrl';

/** Sets the URL of the runbooks for all alarms below `scope`. Call it before the first of them is created. */
export function publishRunbooks(scope: Construct, url: string): void {
  scope.node.setContext(RUNBOOKS_URL, url.replace(/\/$/, ''));
}

/** The URL of the runbooks, without a final slash. Undefined if they are not published. */
export function publishedRunbooks(scope: Construct): string | undefined {
  return scope.node.tryGetContext(RUNBOOKS_URL);
}

/** How an alarm treats a period without data, and why. */
export interface MissingData {
  readonly treat: TreatMissingData;
  readonly because: string;
}

export const QUIET_IS_FINE: MissingData = {
  treat: TreatMissingData.NOT_BREACHING,
  because: 'No data means no requests, which is fine.',
};
export const NONE_HAPPENED: MissingData = {
  treat: TreatMissingData.NOT_BREACHING,
  because: 'No data means that nothing failed.',
};

interface Notice {
  /** The alarm's name after the prefix, which is the name of the CloudFormation stack. */
  readonly name: string;
  /** What it means to be in alarm, as a sentence. */
  readonly means: string;
  /** A file in {@link RUNBOOKS}, without its extension. @default `name` */
  readonly runbook?: string;
}

export interface ThresholdAlarm extends Notice {
  readonly metric: IMetric;
  readonly is: ComparisonOperator;
  readonly threshold: number;
  /** In alarm if `breaching` of the last `of` periods are over the threshold. @default 1 of 1 */
  readonly periods?: { readonly breaching: number; readonly of: number };
  readonly missing: MissingData;
}

/** An alarm on a metric. Without a topic it notifies nobody; composite alarms read it. */
export function thresholdAlarm(scope: Construct, alarm: ThresholdAlarm, topic?: ITopic): Alarm {
  const { periods = { breaching: 1, of: 1 }, missing } = alarm;
  const created = new Alarm(scope, idOf(alarm.name), {
    alarmName: nameOf(scope, alarm),
    alarmDescription: descriptionOf(scope, alarm, missing.because),
    metric: alarm.metric,
    comparisonOperator: alarm.is,
    threshold: alarm.threshold,
    evaluationPeriods: periods.of,
    datapointsToAlarm: periods.breaching,
    treatMissingData: missing.treat,
  });
  if (topic) notify(created, topic);
  return created;
}

/** An alarm on other alarms. */
export function compositeAlarm(
  scope: Construct,
  alarm: Notice & { readonly when: ReturnType<typeof AlarmRule.anyOf> },
  topic: ITopic,
): CompositeAlarm {
  const created = new CompositeAlarm(scope, idOf(alarm.name), {
    compositeAlarmName: nameOf(scope, alarm),
    alarmDescription: descriptionOf(scope, alarm),
    alarmRule: alarm.when,
  });
  notify(created, topic);
  return created;
}

/** Notifies about alarm and recovery. Missing data needs no message: each alarm defines what it means. */
function notify(alarm: Alarm | CompositeAlarm, topic: ITopic): void {
  const action = new SnsAction(topic);
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
}

function nameOf(scope: Construct, { name }: Notice): string {
  return `${Stack.of(scope).stackName}-${name}`;
}

function descriptionOf(scope: Construct, { name, means, runbook = name }: Notice, ...more: string[]): string {
  return [means, ...more, `Runbook: ${runbookPath(scope, runbook)}`].join(' ');
}

/** The URL of a published runbook, or its path in the repository. */
export function runbookPath(scope: Construct, runbook: string): string {
  return `${publishedRunbooks(scope) ?? RUNBOOKS}/${runbook}.md`;
}

/** The construct id for a name: `ServiceDown` for `service-down`. */
function idOf(name: string): string {
  return name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
