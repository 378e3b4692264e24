import { CfnOutput } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { HookEnvironment } from '../../lambda/operations/settings.ts';
import type { Stage } from '../stages.ts';
import { type ClassifierFunction, LIVE } from './classifier-function.ts';
import { deploymentRole } from './deployment-role.ts';
import { ImageFunction } from './image-function.ts';
import type { ServiceImage } from './service-image.ts';
import { trafficShift } from './traffic-shift.ts';

/** A hook runs no model, it asks the version that does. */
const HOOK_MEMORY_MIB = 512;
/** A first answer of a new version starts an environment and loads the model; CodeDeploy itself would wait an hour. */
const HOOK_TIMEOUT_SECONDS = 90;

export interface DeliveryProps {
  readonly service: ClassifierFunction;
  readonly image: ServiceImage;
  readonly stage: Stage;
  /** Each of them in alarm rolls a deployment back, or keeps it from starting. CodeDeploy takes at most 10. */
  readonly rollbackAlarms: readonly IAlarm[];
}

/**
 * Moves the alias `live` to each new version as the stage says: by CodeDeploy with a check before and after, rolled back
 * where a check or an alarm objects; or in place, by CloudFormation alone, which takes no resources.
 *
 * Nothing here may refer to the alias resource: it waits for everything here, by its update policy.
 */
export class Delivery extends Construct {
  constructor(scope: Construct, id: string, { service, image, stage, rollbackAlarms }: DeliveryProps) {
    super(scope, id);
    const { settings } = stage;
    if (settings.delivery.kind === 'in-place') return;

    const hook = (name: string, file: string, description: string, target: Target) => {
      const environment: HookEnvironment = target.environment;
      const { function: handler } = new ImageFunction(this, name, {
        image,
        handler: `${file}.handler`,
        description: `${description}, stage ${stage.name}`,
        memoryMiB: HOOK_MEMORY_MIB,
        timeoutSeconds: HOOK_TIMEOUT_SECONDS,
        environment,
        // It talks to AWS only, which a private network may have no way to.
        settings: { ...settings, vpc: 'off' },
      });
      handler.addToRolePolicy(
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [target.arn] }),
      );
      return handler;
    };
    const { version, function: classifier } = service;
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

    const application = new LambdaApplication(this, 'Application');
    const role = deploymentRole(this, { classifier, hooks: [preHook, postHook] });
    const group = new LambdaDeploymentGroup(this, 'Group', {
      application,
      alias: service.alias,
      deploymentConfig: trafficShift(this, settings.delivery),
      // The group would add a managed policy that reads every bucket and moves every alias.
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
    // A deployment starts when the alias changes, and needs the permissions of its role by then.
    service.alias.node.addDependency(role);

    new CfnOutput(this, 'ApplicationName', { value: application.applicationName }).overrideLogicalId(
      'DeploymentApplication',
    );
    new CfnOutput(this, 'GroupName', { value: group.deploymentGroupName }).overrideLogicalId(
      'DeploymentGroup',
    );
  }
}

interface Target {
  /** What the hook may invoke. */
  readonly arn: string;
  readonly environment: HookEnvironment;
}
