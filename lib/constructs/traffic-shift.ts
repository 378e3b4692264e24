import { Duration } from 'aws-cdk-lib';
import {
  type ILambdaDeploymentConfig,
  LambdaDeploymentConfig,
  TrafficRouting,
} from 'aws-cdk-lib/aws-codedeploy';
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

export type TrafficShift = Exclude<Settings['delivery'], { kind: 'in-place' }>;

/** CodeDeploy's configuration: how much traffic to move, and when. */
export function trafficShift(scope: Construct, shift: TrafficShift): ILambdaDeploymentConfig {
  if (shift.kind === 'all-at-once') return LambdaDeploymentConfig.ALL_AT_ONCE;
  const steps = { percentage: shift.percent, interval: Duration.minutes(shift.minutes) };
  return new LambdaDeploymentConfig(scope, 'Shift', {
    trafficRouting:
      shift.kind === 'canary' ? TrafficRouting.timeBasedCanary(steps) : TrafficRouting.timeBasedLinear(steps),
  });
}

/** Minutes from the first shifted request to the last. */
export function shiftMinutes(shift: TrafficShift): number {
  if (shift.kind === 'all-at-once') return 0;
  if (shift.kind === 'canary') return shift.minutes;
  return (Math.ceil(100 / shift.percent) - 1) * shift.minutes;
}
