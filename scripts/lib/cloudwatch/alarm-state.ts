import type { Series } from './series.ts';

export type AlarmState = 'OK' | 'ALARM';

/** The properties of AWS::CloudWatch::Alarm that decide its state. */
export interface AlarmRules {
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  /** @default EvaluationPeriods */
  readonly DatapointsToAlarm?: number;
  readonly TreatMissingData: string;
}

/**
 * CloudWatch reads more periods than it evaluates. The number is not documented in general; the examples in
 * "How alarm state is evaluated when data is missing" read two more.
 */
export const EXTRA_PERIODS = 2;

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/**
 * The state of a metric alarm after the last period of a series: the latest existing data points decide, and
 * missing ones are filled in only if too few exist.
 * docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function metricAlarmState(series: Series, rules: AlarmRules): AlarmState {
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, Threshold } = rules;
  const breaches = COMPARISONS[rules.ComparisonOperator];
  if (!breaches) throw new Error(`expected a known comparison, got ${rules.ComparisonOperator}`);
  const existing = series
    .slice(-(EvaluationPeriods + EXTRA_PERIODS))
    .filter((value) => value !== undefined)
    .slice(-EvaluationPeriods);
  const fillers = EvaluationPeriods - existing.length;
  const breaching =
    existing.filter((value) => breaches(value, Threshold)).length +
    (fillersBreach(rules.TreatMissingData) ? fillers : 0);
  return breaching >= DatapointsToAlarm ? 'ALARM' : 'OK';
}

function fillersBreach(treatMissingData: string): boolean {
  if (treatMissingData === 'breaching') return true;
  if (treatMissingData === 'notBreaching') return false;
  throw new Error(`expected breaching or notBreaching, got ${treatMissingData}`);
}

/**
 * The state of a composite alarm: docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference,
 * "PutCompositeAlarm", AlarmRule.
 *
 * @param stateOf the state of the alarm with the name in the rule
 */
export function compositeAlarmState(rule: string, stateOf: (name: string) => AlarmState): AlarmState {
  const translated = rule
    .replaceAll(/(ALARM|OK|INSUFFICIENT_DATA)\(\s*"?([^")]+)"?\s*\)/g, (_, state: string, name: string) =>
      String(stateOf(name) === state),
    )
    .replaceAll(/\bAND\b/g, '&&')
    .replaceAll(/\bOR\b/g, '||')
    .replaceAll(/\bNOT\b/g, '!')
    .replaceAll(/\bTRUE\b/g, 'true')
    .replaceAll(/\bFALSE\b/g, 'false');
  if (!/^(?:true|false|&&|\|\||[!()\s])+$/.test(translated)) throw new Error(`cannot read the rule ${rule}`);
  return new Function(`return ${translated};`)() ? 'ALARM' : 'OK';
}
