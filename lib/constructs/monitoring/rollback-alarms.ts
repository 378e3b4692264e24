import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Settings } from '../../settings.ts';
import { NONE_HAPPENED, QUIET_IS_FINE, type ThresholdAlarm, thresholdAlarm } from './alarm.ts';
import type { EnvironmentFailures } from './environment-failures.ts';
import { PREDICT, type ServiceMetrics } from './metrics.ts';

/** The shortest period of Lambda's metrics, because a canary lasts only minutes. */
const PERIOD = Duration.minutes(1);

export interface RollbackAlarmsProps {
  readonly metrics: ServiceMetrics;
  readonly failures: EnvironmentFailures;
  readonly alarms: Settings['alarms'];
  readonly topic: ITopic;
}

/**
 * Alarms on the version that is being deployed. The alias depends on CodeDeploy, and CodeDeploy on these
 * alarms. Their metrics therefore name the alias as text, without a reference to it.
 */
export class RollbackAlarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { metrics, failures, alarms, topic }: RollbackAlarmsProps) {
    super(scope, id);
    const add = (alarm: ThresholdAlarm) => thresholdAlarm(this, alarm, topic);
    this.all = [
      add({
        name: 'new-version-errors',
        means: 'Invocations of the newest version crashed or timed out.',
        metric: metrics.newVersion('Errors', 'Sum', { period: PERIOD }),
        is: ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold: 0,
        missing: QUIET_IS_FINE,
      }),
      add({
        name: 'new-version-latency',
        // Measured at API Gateway for one route: Lambda's durations of a version also include batches and
        // fetches from other servers. A slow version with 10 % of the traffic affects p95, which ignores only
        // the slowest 5 %.
        means: `One in 20 requests to POST /predict took more than ${alarms.p95LatencyMs} ms in 2 of 3 minutes. During a deployment, the new version is the likely cause.`,
        metric: metrics.percentile('p95', PERIOD, (of) => metrics.gateway('Latency', of, {}, PREDICT)),
        is: ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold: alarms.p95LatencyMs,
        periods: { breaching: 2, of: 3 },
        missing: QUIET_IS_FINE,
      }),
      add({
        name: 'init-failures',
        means:
          'An execution environment could not start. During a deployment, the new version is the likely cause.',
        metric: failures.count('InitFailures', PERIOD),
        is: ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold: 0,
        missing: NONE_HAPPENED,
      }),
    ];
  }
}
