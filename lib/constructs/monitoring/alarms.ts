import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Settings } from '../../settings.ts';
import { NONE_HAPPENED, QUIET_IS_FINE, type ThresholdAlarm, thresholdAlarm } from './alarm.ts';
import { capacityAlarms } from './capacity-alarms.ts';
import type { EnvironmentFailures } from './environment-failures.ts';
import { type Percentile, PREDICT, type ServiceMetrics } from './metrics.ts';

const { GREATER_THAN_THRESHOLD, GREATER_THAN_OR_EQUAL_TO_THRESHOLD, LESS_THAN_THRESHOLD } =
  ComparisonOperator;

const FIVE_MINUTES = Duration.minutes(5);
/** So many failures in five minutes are more than bad luck; below, the burn rates of the objective still see them. */
const LEAST_FAILURES = 5;
/** A share of fewer images says nothing about the input: at 50 its standard error is 7 points at most. */
const LEAST_IMAGES = 50;

export interface ServiceAlarmsProps {
  readonly metrics: ServiceMetrics;
  readonly failures: EnvironmentFailures;
  readonly settings: Pick<Settings, 'alarms' | 'probe' | 'coldStart'>;
  readonly topic: ITopic;
}

/** What is wrong with the service as it runs. */
export class ServiceAlarms extends Construct {
  /** Undefined where there is no probe. */
  readonly serviceDown: Alarm | undefined;
  readonly serverErrors: Alarm;
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { metrics, failures, settings, topic }: ServiceAlarmsProps) {
    super(scope, id);
    const { alarms, probe } = settings;
    const add = (alarm: ThresholdAlarm) => thresholdAlarm(this, alarm, topic);

    if (probe !== 'off') this.serviceDown = add(serviceDown(metrics, probe.everyMinutes));
    this.serverErrors = add(serverErrors(metrics, alarms));
    this.all = [
      ...(this.serviceDown ? [this.serviceDown] : []),
      this.serverErrors,
      ...latency(metrics, alarms).map(add),
      ...resources(metrics, alarms).map(add),
      add({
        name: 'failed-environments',
        means: `${alarms.failedEnvironments} or more failed starts, crashes and timeouts of environments in 5 minutes.`,
        metric: failures.total(FIVE_MINUTES),
        is: GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: alarms.failedEnvironments,
        missing: NONE_HAPPENED,
      }),
      ...capacityAlarms(metrics, settings).map(add),
      add(lowConfidence(metrics, alarms)),
    ];
  }
}

function serviceDown(metrics: ServiceMetrics, everyMinutes: number): ThresholdAlarm {
  return {
    name: 'service-down',
    means: 'The public URL did not say that it is ready, in 2 of the last 3 probes.',
    metric: metrics.application('probeSuccess', 'Minimum', { period: Duration.minutes(everyMinutes) }),
    is: LESS_THAN_THRESHOLD,
    threshold: 1,
    periods: { breaching: 2, of: 3 },
    missing: {
      treat: TreatMissingData.BREACHING,
      because: 'No data counts as down: the probe itself does not run.',
    },
  };
}

function serverErrors(metrics: ServiceMetrics, { errorPercent }: Settings['alarms']): ThresholdAlarm {
  return {
    name: 'server-errors',
    means: `More than ${errorPercent} % of requests, and at least ${LEAST_FAILURES}, were answered with 5xx in 5 minutes. POST /predict/url is not counted.`,
    metric: metrics.serverErrorPercent(FIVE_MINUTES, LEAST_FAILURES),
    is: GREATER_THAN_THRESHOLD,
    threshold: errorPercent,
    missing: QUIET_IS_FINE,
  };
}

function latency(metrics: ServiceMetrics, { p95LatencyMs, p99LatencyMs }: Settings['alarms']) {
  const percentile = (statistic: Percentile, slowest: string, thresholdMs: number): ThresholdAlarm => ({
    name: `latency-${statistic}`,
    means: `The slowest ${slowest} of POST /predict takes more than ${thresholdMs} ms in API Gateway and behind it, for 15 minutes.`,
    metric: metrics.percentile(statistic, FIVE_MINUTES, (of) => metrics.gateway('Latency', of, {}, PREDICT)),
    is: GREATER_THAN_THRESHOLD,
    threshold: thresholdMs,
    periods: { breaching: 3, of: 3 },
    missing: QUIET_IS_FINE,
  });
  return [percentile('p95', 'twentieth', p95LatencyMs), percentile('p99', 'hundredth', p99LatencyMs)];
}

function resources(metrics: ServiceMetrics, alarms: Settings['alarms']): ThresholdAlarm[] {
  return [
    {
      name: 'cpu',
      means: `Requests use more than ${alarms.cpuPercent} % of the function's vCPUs on average, for 15 minutes.`,
      metric: metrics.application('cpuUtilization', 'Average'),
      is: GREATER_THAN_THRESHOLD,
      threshold: alarms.cpuPercent,
      periods: { breaching: 3, of: 3 },
      missing: QUIET_IS_FINE,
    },
    {
      name: 'memory',
      means: `An environment holds more than ${alarms.memoryPercent} % of its memory. At 100 % Lambda kills it.`,
      metric: metrics.application('memoryUtilization', 'Maximum'),
      is: GREATER_THAN_THRESHOLD,
      threshold: alarms.memoryPercent,
      periods: { breaching: 2, of: 3 },
      missing: QUIET_IS_FINE,
    },
  ];
}

function lowConfidence(metrics: ServiceMetrics, alarms: Settings['alarms']): ThresholdAlarm {
  return {
    name: 'low-confidence',
    means: `The model is unsure of more than ${alarms.lowConfidencePercent} % of images, for 3 hours of at least ${LEAST_IMAGES} images each.`,
    metric: metrics.lowConfidencePercent(Duration.hours(1), LEAST_IMAGES),
    is: GREATER_THAN_THRESHOLD,
    threshold: alarms.lowConfidencePercent,
    periods: { breaching: 3, of: 3 },
    missing: QUIET_IS_FINE,
  };
}
