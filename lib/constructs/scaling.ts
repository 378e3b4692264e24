import { Duration, Names, TimeZone } from 'aws-cdk-lib';
import { CfnScalingPolicy, type ScalableTarget, Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { ColdStart, Settings } from '../settings.ts';

type Provisioned = ColdStart & { readonly kind: 'provisioned' };

/** Target tracking looks at each minute. */
const PERIOD = Duration.minutes(1);
/** The probe runs once a minute at most, and is never retried. */
const PROBES_PER_MINUTE = 1;
/** From this many requests a minute that found no warm environment, twice as many environments are added. */
const MANY_SPILLED = 20;

/**
 * Scales the provisioned concurrency of an alias between a minimum and a maximum: by its utilisation, at
 * planned times, and, if the stage wants it, at once after spillover.
 */
export function keepWarm(alias: Alias, coldStart: Provisioned, probe: Settings['probe']): void {
  const { min, max, schedules, step } = coldStart;
  const scaling = alias.addAutoScaling({ minCapacity: min, maxCapacity: max });
  // CDK's construct hides its target, which alone scales by metrics other than the predefined one.
  const target = scaling.node.findChild('Target') as ScalableTarget;
  trackUtilization(target, alias, coldStart, probe === 'off' ? 0 : PROBES_PER_MINUTE);
  if (step !== 'off') addAfterSpillover(target, alias, step.environments);
  for (const schedule of schedules) {
    scaling.scaleOnSchedule(schedule.name, {
      schedule: Schedule.expression(`cron(${schedule.cron})`),
      timeZone: TimeZone.of(schedule.timeZone),
      minCapacity: schedule.min,
      maxCapacity: schedule.max,
    });
  }
}

/**
 * Like AWS's predefined metric LambdaProvisionedConcurrencyUtilization, but a minute in which only the probe
 * called counts as idle. Otherwise the probe alone would keep a second environment warm, because it uses all
 * of one (docs/adr/0026).
 */
function trackUtilization(
  target: ScalableTarget,
  alias: Alias,
  { targetUtilization }: Provisioned,
  probesPerMinute: number,
): void {
  const query = (id: string, metricName: string, stat: string) => {
    const { namespace, dimensions } = alias.metric(metricName);
    return {
      id,
      metricStat: {
        metric: {
          namespace,
          metricName,
          dimensions: Object.entries(dimensions ?? {}).map(([name, value]) => ({ name, value })),
        },
        stat,
      },
      returnData: false,
    };
  };
  // CDK's own construct accepts no expression.
  new CfnScalingPolicy(target, 'Tracking', {
    policyName: Names.uniqueId(target),
    policyType: 'TargetTrackingScaling',
    scalingTargetId: target.scalableTargetId,
    targetTrackingScalingPolicyConfiguration: {
      targetValue: targetUtilization,
      customizedMetricSpecification: {
        metrics: [
          query('requests', 'ProvisionedConcurrencyInvocations', 'Sum'),
          query('utilization', 'ProvisionedConcurrencyUtilization', 'Average'),
          {
            id: 'used',
            label: 'Warm environments in use, without the probe',
            expression: `IF(requests > ${probesPerMinute}, utilization, 0)`,
            returnData: true,
          },
        ],
      },
    },
  });
}

/** Adds environments in the minute after the first requests that found none, instead of after three minutes. */
function addAfterSpillover(target: ScalableTarget, alias: Alias, environments: number): void {
  target.scaleOnMetric('Spillover', {
    metric: alias.metric('ProvisionedConcurrencySpilloverInvocations', { statistic: 'Sum', period: PERIOD }),
    scalingSteps: [
      { lower: 1, change: environments },
      { lower: MANY_SPILLED, change: 2 * environments },
    ],
    // New environments take a minute or two to start. Until then, further spillover adds no more.
    cooldown: Duration.minutes(3),
  });
}
