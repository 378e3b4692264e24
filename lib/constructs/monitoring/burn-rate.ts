import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  type CompositeAlarm,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { compositeAlarm, QUIET_IS_FINE, thresholdAlarm } from './alarm.ts';
import type { ServiceMetrics } from './metrics.ts';

/** A time window, made of periods that must all be over the threshold. */
interface Window {
  readonly name: string;
  readonly period: Duration;
  readonly periods: number;
}

const single = (name: string, period: Duration): Window => ({ name, period, periods: 1 });

/** In alarm if errors use up the budget too fast over the long window, and still do over the short one. */
export interface BurnRate {
  readonly name: string;
  /** How many times faster than the objective allows over 30 days. */
  readonly factor: number;
  readonly long: Window;
  readonly short: Window;
}

/**
 * The multi-window, multi-burn-rate alerts of Google's "Site Reliability Workbook", chapter 5: 2 % of a
 * month's error budget in an hour, 5 % in six hours, 10 % in three days. CloudWatch's longest period is a
 * day, so the last one requires each of three days to be over the threshold, which is slightly stricter than
 * their sum.
 */
const BURN_RATES = {
  fast: {
    name: 'availability-fast-burn',
    factor: 14.4,
    long: single('1h', Duration.hours(1)),
    short: single('5m', Duration.minutes(5)),
  },
  slow: {
    name: 'availability-slow-burn',
    factor: 6,
    long: single('6h', Duration.hours(6)),
    short: single('30m', Duration.minutes(30)),
  },
  steady: {
    name: 'availability-steady-burn',
    factor: 1,
    long: { name: '3d', period: Duration.days(1), periods: 3 },
    short: single('6h', Duration.hours(6)),
  },
} as const satisfies Record<string, BurnRate>;

/** Minimum for the long window. In the short one, a single failure shows that the problem continues. */
const LEAST_FAILURES = 10;

export interface AvailabilityAlarmsProps {
  readonly metrics: ServiceMetrics;
  /** The availability objective. */
  readonly availabilityPercent: number;
  readonly topic: ITopic;
}

/** Alarms on the error budget of the availability objective. */
export class AvailabilityAlarms extends Construct {
  /** The alarms that are worth waking someone up for. */
  readonly urgent: readonly CompositeAlarm[];
  readonly all: readonly CompositeAlarm[];

  constructor(
    scope: Construct,
    id: string,
    { metrics, availabilityPercent, topic }: AvailabilityAlarmsProps,
  ) {
    super(scope, id);
    const add = (rate: BurnRate) => this.#add(rate, metrics, availabilityPercent, topic);
    this.urgent = [add(BURN_RATES.fast), add(BURN_RATES.slow)];
    this.all = [...this.urgent, add(BURN_RATES.steady)];
  }

  #add(rate: BurnRate, metrics: ServiceMetrics, availabilityPercent: number, topic: ITopic): CompositeAlarm {
    const threshold = failurePercent(rate.factor, availabilityPercent);
    const over = (window: Window, leastFailures: number): Alarm =>
      thresholdAlarm(this, {
        name: `${rate.name}-${window.name}`,
        runbook: rate.name,
        means: `${threshold} % or more of the requests within ${window.name} failed.`,
        metric: metrics.serverErrorPercent(window.period, leastFailures),
        is: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold,
        periods: { breaching: window.periods, of: window.periods },
        missing: QUIET_IS_FINE,
      });
    const windows = [over(rate.long, LEAST_FAILURES), over(rate.short, 1)];
    return compositeAlarm(
      this,
      {
        name: rate.name,
        means: `Errors use up the error budget of ${availabilityPercent} % availability ${rate.factor} times as fast as allowed, over the last ${rate.long.name} and still over the last ${rate.short.name}.`,
        when: AlarmRule.allOf(...windows.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
      },
      topic,
    );
  }
}

/** Percentage of failed requests that uses up the error budget `factor` times too fast. At most 100. */
export function failurePercent(factor: number, availabilityPercent: number): number {
  const percent = factor * (100 - availabilityPercent);
  return Math.min(100, Number(percent.toPrecision(6)));
}
