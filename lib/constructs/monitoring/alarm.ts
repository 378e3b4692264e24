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

/** Where the runbooks are, seen from the root of the repository. */
export const RUNBOOKS = 'docs/runbooks';
/** The context key by which every alarm below a construct finds where they are published. */
const RUNBOOKS_URL = 'runbooksUrl';

/** To be called before the first alarm below `scope` is made. */
export function publishRunbooks(scope: Construct, url: string): void {
  scope.node.setContext(RUNBOOKS_URL, url.replace(/\/$/, ''));
}

/** What an alarm makes of a period without data, and why. */
export interface MissingData {
  readonly treat: TreatMissingData;
  readonly because: string;
}

export const QUIET_IS_FINE: MissingData = {
  treat: TreatMissingData.NOT_BREACHING,
  because: 'No data means no requests, and is fine.',
};
export const NONE_HAPPENED: MissingData = {
  treat: TreatMissingData.NOT_BREACHING,
  because: 'No data means that none happened.',
};

interface Notice {
  /** Ends the alarm's name, which begins with the stack's. */
  readonly name: string;
  /** Whether it is in alarm, as a sentence. */
  readonly means: string;
  /** A file in {@link RUNBOOKS}, without its extension. @default the name */
  readonly runbook?: string;
}

export interface ThresholdAlarm extends Notice {
  readonly metric: IMetric;
  readonly is: ComparisonOperator;
  readonly threshold: number;
  /** So many of the last so many periods. @default the last one */
  readonly periods?: { readonly breaching: number; readonly of: number };
  readonly missing: MissingData;
}

/** An alarm on a metric. Without a topic it tells nobody, and is there for composite alarms to read. */
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

/** Recovery is told as well; a lack of data is not, because every alarm says itself what that means. */
function notify(alarm: Alarm | CompositeAlarm, topic: ITopic): void {
  const action = new SnsAction(topic);
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
}

function nameOf(scope: Construct, { name }: Notice): string {
  return `${Stack.of(scope).stackName}-${name}`;
}

function descriptionOf(scope: Construct, { name, means, runbook = name }: Notice, ...more: string[]): string {
  const published: string = scope.node.tryGetContext(RUNBOOKS_URL) ?? RUNBOOKS;
  return [means, ...more, `Runbook: ${published}/${runbook}.md`].join(' ');
}

/** `service-down` as the id of a construct: `ServiceDown`. */
function idOf(name: string): string {
  return name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
