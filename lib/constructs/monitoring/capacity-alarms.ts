import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Settings } from '../../settings.ts';
import { QUIET_IS_FINE, type ThresholdAlarm } from './alarm.ts';
import type { ServiceMetrics } from './metrics.ts';

const { GREATER_THAN_THRESHOLD } = ComparisonOperator;

const FIVE_MINUTES = Duration.minutes(5);
/** The probe runs once a minute at most. */
const MOST_PROBES = 5;

/** Alarms on too few environments. Those on warm environments exist only with provisioned concurrency. */
export function capacityAlarms(
  metrics: ServiceMetrics,
  { alarms, coldStart }: Pick<Settings, 'alarms' | 'coldStart'>,
): ThresholdAlarm[] {
  return [throttles(metrics), ...(coldStart.kind === 'provisioned' ? warm(metrics, alarms) : [])];
}

function throttles(metrics: ServiceMetrics): ThresholdAlarm {
  return {
    name: 'throttles',
    means: 'Lambda refused requests, because the account or the function has no concurrency left.',
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
        'For 15 minutes, requests found every warm environment busy and went to other environments, some after a cold start.',
      metric: metrics.live('ProvisionedConcurrencySpilloverInvocations', 'Sum'),
      is: GREATER_THAN_THRESHOLD,
      threshold: 0,
      // Requests arrive at random, so they occasionally occupy all environments even if these suffice.
      periods: { breaching: 3, of: 3 },
      missing: QUIET_IS_FINE,
    },
    {
      name: 'provisioned-utilization',
      means: `More than ${alarms.utilizationPercent} % of the warm environments were busy on average for 15 minutes. Scaling out takes less time than that.`,
      metric: utilization(metrics),
      is: GREATER_THAN_THRESHOLD,
      threshold: alarms.utilizationPercent / 100,
      periods: { breaching: 3, of: 3 },
      missing: QUIET_IS_FINE,
    },
  ];
}

/** 0 while only the probe calls. It would use all of a single environment, as in lib/constructs/scaling.ts. */
function utilization(metrics: ServiceMetrics): MathExpression {
  return new MathExpression({
    expression: `IF(requests > ${MOST_PROBES}, utilization, 0)`,
    label: 'Warm environments in use, without the probe',
    period: FIVE_MINUTES,
    usingMetrics: {
      requests: metrics.live('ProvisionedConcurrencyInvocations', 'Sum'),
      utilization: metrics.live('ProvisionedConcurrencyUtilization', 'Average'),
    },
  });
}
