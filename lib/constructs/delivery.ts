import { CfnOutput } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';
import type { ClassifierFunction } from './classifier-function.ts';
import { deliveryFunctions } from './delivery-functions.ts';
import { deploymentRole } from './deployment-role.ts';
import { RollbackParameter } from './rollback-parameter.ts';
import type { ServiceImage } from './service-image.ts';
import { type TrafficShift, trafficShift } from './traffic-shift.ts';

export interface DeliveryProps {
  readonly service: ClassifierFunction;
  readonly image: ServiceImage;
  readonly stage: Stage;
  /** At most 10. Any of these in alarm rolls back a deployment, or prevents it from starting. */
  readonly rollbackAlarms: readonly IAlarm[];
}

export interface WatchedDelivery {
  readonly application: LambdaApplication;
  /** By what they are called in the names of alarms. */
  readonly hooks: Readonly<Record<string, IFunction>>;
}

/**
 * Moves the alias `live` to each new version. With CodeDeploy, hooks check the version before and after the
 * shift, and a failed check or an alarm rolls the deployment back. With `in-place`, CloudFormation moves the
 * alias. In both cases, a parameter of the CloudFormation stack takes the alias back.
 *
 * No resource here may refer to the alias: through its update policy, the alias depends on all of them.
 */
export class Delivery extends Construct {
  /** What the monitoring watches. Undefined with `in-place`. */
  readonly watched: WatchedDelivery | undefined;

  constructor(scope: Construct, id: string, props: DeliveryProps) {
    super(scope, id);
    const { delivery } = props.stage.settings;
    this.watched = delivery.kind === 'in-place' ? undefined : this.#shiftTraffic(props, delivery);
    new RollbackParameter(this, 'Rollback', props.service);
  }

  #shiftTraffic(
    { service, image, stage, rollbackAlarms }: DeliveryProps,
    shift: TrafficShift,
  ): WatchedDelivery {
    const { preHook, postHook } = deliveryFunctions(this, { service, image, stage, shift });
    const application = new LambdaApplication(this, 'Application');
    const role = deploymentRole(this, { classifier: service.function, hooks: [preHook, postHook] });
    const group = new LambdaDeploymentGroup(this, 'Group', {
      application,
      alias: service.alias,
      deploymentConfig: trafficShift(this, shift),
      // The group would add a managed policy that may read every bucket and move every alias.
      role: role.withoutPolicyUpdates(),
      preHook,
      postHook,
      alarms: [...rollbackAlarms],
      autoRollback: {
        failedDeployment: true,
        stoppedDeployment: true,
        deploymentInAlarm: rollbackAlarms.length > 0,
      },
    });
    // A deployment starts when the alias changes. Its role must have all permissions by then.
    service.alias.node.addDependency(role);

    new CfnOutput(this, 'ApplicationName', { value: application.applicationName }).overrideLogicalId(
      'DeploymentApplication',
    );
    new CfnOutput(this, 'GroupName', { value: group.deploymentGroupName }).overrideLogicalId(
      'DeploymentGroup',
    );
    return { application, hooks: { 'pre-traffic': preHook, 'post-traffic': postHook } };
  }
}
