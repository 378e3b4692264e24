import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type HookEnvironment, knownGoodParameter } from '../../lambda/operations/settings.ts';
import type { Stage } from '../stages.ts';
import { type ClassifierFunction, LIVE } from './classifier-function.ts';
import { deploymentRole } from './deployment-role.ts';
import { ImageFunction } from './image-function.ts';
import { RollbackParameter } from './rollback-parameter.ts';
import type { ServiceImage } from './service-image.ts';
import { type TrafficShift, trafficShift } from './traffic-shift.ts';

/** Hooks run no model; they invoke the function that does. */
const HOOK_MEMORY_MIB = 512;
/**
 * Enough for Lambda to prepare a version that was idle (2 minutes at most), to start an environment and to
 * load the model. CodeDeploy itself would wait an hour.
 */
const HOOK_TIMEOUT_SECONDS = 240;

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
    const { settings } = stage;
    const { version, function: classifier } = service;
    const hook = (name: string, file: string, description: string, target: Target) => {
      const environment: HookEnvironment = target.environment;
      const { function: handler } = new ImageFunction(this, name, {
        image,
        handler: `${file}.handler`,
        description: `${description}, stage ${stage.name}`,
        memoryMiB: HOOK_MEMORY_MIB,
        timeoutSeconds: HOOK_TIMEOUT_SECONDS,
        environment,
        // The hook calls the Lambda API, which a private network may be unable to reach.
        settings: { ...settings, vpc: 'off' },
      });
      handler.addToRolePolicy(
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [target.arn] }),
      );
      handler.addToRolePolicy(
        new PolicyStatement({
          actions: ['lambda:GetFunctionConfiguration'],
          resources: [classifier.functionArn, target.arn],
        }),
      );
      return handler;
    };
    const preHook = hook('PreTraffic', 'pre-traffic', 'Checks a new version before it gets traffic', {
      arn: version.functionArn,
      environment: { TARGET_FUNCTION: version.functionArn },
    });
    const postHook = hook('PostTraffic', 'post-traffic', 'Checks the alias once traffic has moved', {
      arn: `${classifier.functionArn}:${LIVE}`,
      environment: {
        TARGET_FUNCTION: `${classifier.functionName}:${LIVE}`,
        EXPECTED_VERSION: version.version,
      },
    });

    // The parameter is named after the function, so that it means nothing to the next function of the stage.
    const parameter = Stack.of(this).formatArn({
      service: 'ssm',
      resource: 'parameter',
      resourceName: knownGoodParameter(classifier.functionName).slice(1),
    });
    postHook.addToRolePolicy(
      new PolicyStatement({ actions: ['ssm:GetParameter', 'ssm:PutParameter'], resources: [parameter] }),
    );

    const application = new LambdaApplication(this, 'Application');
    const role = deploymentRole(this, { classifier, hooks: [preHook, postHook] });
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

interface Target {
  /** The only function that the hook may invoke. */
  readonly arn: string;
  readonly environment: HookEnvironment;
}
