import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Settings } from '../../settings.ts';
import { NONE_HAPPENED, QUIET_IS_FINE, type ThresholdAlarm, thresholdAlarm } from './alarm.ts';
import { capacityAlarms } from './capacity-alarms.ts';
import type { EnvironmentFailures } from './environment-failures.ts';
import { jobAlarms } from './job-alarms.ts';
import type { JobMetrics } from './job-metrics.ts';
import { type Percentile, PREDICT, type ServiceMetrics } from './metrics.ts';
import { predictionAlarms } from './prediction-alarms.ts';
import { undelivered, upkeepAlarms } from './upkeep-alarms.ts';

const { GREATER_THAN_THRESHOLD, GREATER_THAN_OR_EQUAL_TO_THRESHOLD, LESS_THAN_THRESHOLD } =
  ComparisonOperator;

const FIVE_MINUTES = Duration.minutes(5);
/** Fewer failures in five minutes do not raise the alarm. The burn-rate alarms still count them. */
const LEAST_FAILURES = 5;

export interface ServiceAlarmsProps {
  readonly metrics: ServiceMetrics;
  readonly failures: EnvironmentFailures;
  /** Undefined if the stage has no jobs. */
  readonly jobs: JobMetrics | undefined;
  readonly settings: Pick<Settings, 'alarms' | 'probe' | 'coldStart' | 'domain' | 'qualityWatch'>;
  readonly topic: ITopic;
}

/** Alarms on the running service. */
export class ServiceAlarms extends Construct {
  /** Undefined without a probe. */
  readonly serviceDown: Alarm | undefined;
  readonly serverErrors: Alarm;
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: ServiceAlarmsProps) {
    super(scope, id);
    const { metrics, failures, jobs, settings, topic } = props;
    const { alarms, probe } = settings;
    const add = (alarm: ThresholdAlarm) => thresholdAlarm(this, alarm, topic);

    if (probe !== 'off') this.serviceDown = add(serviceDown(metrics, probe.everyMinutes));
    this.serverErrors = add(serverErrors(metrics, alarms));
    this.all = [
      ...(this.serviceDown ? [this.serviceDown] : []),
      this.serverErrors,
      add(functionErrors(metrics, alarms)),
      ...latency(metrics, alarms).map(add),
      ...resources(metrics, alarms).map(add),
      add({
        name: 'failed-environments',
        means: `Execution environments failed to start, crashed or timed out ${alarms.failedEnvironments} times or more in 5 minutes.`,
        metric: failures.count('FailedEnvironments', FIVE_MINUTES),
        is: GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: alarms.failedEnvironments,
        missing: NONE_HAPPENED,
      }),
      ...capacityAlarms(metrics, settings).map(add),
      ...predictionAlarms(metrics, settings).map(add),
      ...(jobs ? jobAlarms(jobs, alarms).map(add) : []),
      ...upkeepAlarms(metrics, settings).map(add),
      add(undelivered('alerts-undelivered', topic)),
    ];
  }
}

function serviceDown(metrics: ServiceMetrics, everyMinutes: number): ThresholdAlarm {
  return {
    name: 'service-down',
    means: 'The service did not answer as ready at its public URL in 2 of the last 3 probes.',
    metric: metrics.application('probeSuccess', 'Minimum', { period: Duration.minutes(everyMinutes) }),
    is: LESS_THAN_THRESHOLD,
    threshold: 1,
    periods: { breaching: 2, of: 3 },
    missing: {
      treat: TreatMissingData.BREACHING,
      because: 'No data counts as down, because the probe does not run.',
    },
  };
}

function serverErrors(metrics: ServiceMetrics, { errorPercent }: Settings['alarms']): ThresholdAlarm {
  return {
    name: 'server-errors',
    means: `More than ${errorPercent} % of requests, and at least ${LEAST_FAILURES} requests, were answered with 5xx in 5 minutes. Failed fetches of POST /predict/url are not counted.`,
    metric: metrics.serverErrorPercent(FIVE_MINUTES, LEAST_FAILURES),
    is: GREATER_THAN_THRESHOLD,
    threshold: errorPercent,
    missing: QUIET_IS_FINE,
  };
}

/** Measured by Lambda, so it works without the access log. */
function functionErrors(metrics: ServiceMetrics, { errorPercent }: Settings['alarms']): ThresholdAlarm {
  return {
    name: 'function-errors',
    means: `Lambda could not complete more than ${errorPercent} % of the calls, and at least ${LEAST_FAILURES} calls, in 5 minutes: crashes, timeouts or throttles.`,
    metric: metrics.functionErrorPercent(FIVE_MINUTES, LEAST_FAILURES),
    is: GREATER_THAN_THRESHOLD,
    threshold: errorPercent,
    missing: QUIET_IS_FINE,
  };
}

function latency(metrics: ServiceMetrics, { p95LatencyMs, p99LatencyMs }: Settings['alarms']) {
  const percentile = (statistic: Percentile, oneIn: number, thresholdMs: number): ThresholdAlarm => ({
    name: `latency-${statistic}`,
    means: `One in ${oneIn} requests to POST /predict took more than ${thresholdMs} ms, measured at API Gateway, for 15 minutes.`,
    metric: metrics.percentile(statistic, FIVE_MINUTES, (of) => metrics.gateway('Latency', of, {}, PREDICT)),
    is: GREATER_THAN_THRESHOLD,
    threshold: thresholdMs,
    periods: { breaching: 3, of: 3 },
    missing: QUIET_IS_FINE,
  });
  return [percentile('p95', 20, p95LatencyMs), percentile('p99', 100, p99LatencyMs)];
}

function resources(metrics: ServiceMetrics, alarms: Settings['alarms']): ThresholdAlarm[] {
  return [
    {
      name: 'cpu',
      means: `Predictions used more than ${alarms.cpuPercent} % of the function's vCPUs on average, for 15 minutes.`,
      metric: metrics.application('cpuUtilization', 'Average'),
      is: GREATER_THAN_THRESHOLD,
      threshold: alarms.cpuPercent,
      periods: { breaching: 3, of: 3 },
      missing: QUIET_IS_FINE,
    },
    {
      name: 'memory',
      means: `An execution environment used more than ${alarms.memoryPercent} % of its memory. At 100 % Lambda kills it.`,
      metric: metrics.application('memoryUtilization', 'Maximum'),
      is: GREATER_THAN_THRESHOLD,
      threshold: alarms.memoryPercent,
      periods: { breaching: 2, of: 3 },
      missing: QUIET_IS_FINE,
    },
  ];
}
