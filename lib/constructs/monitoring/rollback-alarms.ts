import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Settings } from '../../settings.ts';
import { NONE_HAPPENED, QUIET_IS_FINE, type ThresholdAlarm, thresholdAlarm } from './alarm.ts';
import type { EnvironmentFailures } from './environment-failures.ts';
import { PREDICT, type ServiceMetrics } from './metrics.ts';

/** The finest that Lambda's metrics have: a canary lasts minutes. */
const PERIOD = Duration.minutes(1);

export interface RollbackAlarmsProps {
  readonly metrics: ServiceMetrics;
  readonly failures: EnvironmentFailures;
  readonly alarms: Settings['alarms'];
  readonly topic: ITopic;
}

/**
 * What is wrong with the version that a deployment brings. CodeDeploy reads these, and the alias waits for CodeDeploy: so
 * their metrics name the alias as text and never refer to it.
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
        // Of one route, as API Gateway sees it: the version's own durations mix batches and other people's servers with
        // it. A tenth of the traffic that is slow is more than the twentieth that p95 leaves out.
        means: `One in 20 of POST /predict takes more than ${alarms.p95LatencyMs} ms, in 2 of 3 minutes; during a deployment most likely on the new version.`,
        metric: metrics.percentile('p95', PERIOD, (of) => metrics.gateway('Latency', of, {}, PREDICT)),
        is: ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold: alarms.p95LatencyMs,
        periods: { breaching: 2, of: 3 },
        missing: QUIET_IS_FINE,
      }),
      add({
        name: 'init-failures',
        means:
          'An environment could not start; during a deployment it is most likely one of the new version.',
        metric: failures.count('InitFailures', PERIOD),
        is: ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold: 0,
        missing: NONE_HAPPENED,
      }),
    ];
  }
}
