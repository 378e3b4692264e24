import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import type { Settings } from '../../settings.ts';
import { QUIET_IS_FINE, type ThresholdAlarm } from './alarm.ts';
import type { ServiceMetrics } from './metrics.ts';

const { GREATER_THAN_THRESHOLD } = ComparisonOperator;

/** Whether there are enough environments; those on warm ones only where some are kept warm. */
export function capacityAlarms(
  metrics: ServiceMetrics,
  { alarms, coldStart }: Pick<Settings, 'alarms' | 'coldStart'>,
): ThresholdAlarm[] {
  return [throttles(metrics), ...(coldStart.kind === 'provisioned' ? warm(metrics, alarms) : [])];
}

function throttles(metrics: ServiceMetrics): ThresholdAlarm {
  return {
    name: 'throttles',
    means: 'Lambda refused requests: the account or the function has no concurrency left.',
    metric: metrics.live('Throttles', 'Sum'),
    is: GREATER_THAN_THRESHOLD,
    threshold: 0,
    missing: QUIET_IS_FINE,
  };
}

function warm(metrics: ServiceMetrics, alarms: Settings['alarms']): ThresholdAlarm[] {
  return [
    {
      name: 'spillover',
      means:
        'Requests found every warm environment busy and went to others, some of them cold, in each 5 minutes of 15.',
      metric: metrics.live('ProvisionedConcurrencySpilloverInvocations', 'Sum'),
      is: GREATER_THAN_THRESHOLD,
      threshold: 0,
      // Requests come at random: now and then as many at once as there are environments, and that is no lack.
      periods: { breaching: 3, of: 3 },
      missing: QUIET_IS_FINE,
    },
    {
      name: 'provisioned-utilization',
      means: `More than ${alarms.utilizationPercent} % of the warm environments were busy on average for 15 minutes, which is longer than scaling out takes.`,
      metric: metrics.live('ProvisionedConcurrencyUtilization', 'Average'),
      is: GREATER_THAN_THRESHOLD,
      threshold: alarms.utilizationPercent / 100,
      periods: { breaching: 3, of: 3 },
      missing: QUIET_IS_FINE,
    },
  ];
}
