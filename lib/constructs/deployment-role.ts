import { type CfnElement, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

export interface DeploymentRoleProps {
  readonly classifier: IFunction;
  readonly hooks: readonly IFunction[];
}

/**
 * What CodeDeploy may do in our name: what AWS's managed policy AWSCodeDeployRoleForLambdaLimited allows, for one function
 * and its hooks, and without its buckets, as CloudFormation hands the revision over by value.
 */
export function deploymentRole(scope: Construct, { classifier, hooks }: DeploymentRoleProps): Role {
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('codedeploy.amazonaws.com') });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
      resources: [classifier.functionArn, `${classifier.functionArn}:*`],
    }),
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: hooks.map((hook) => hook.functionArn),
    }),
  );
  role.addToPolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }));
  // The finding names the function by its logical id.
  const logicalId = Stack.of(scope).getLogicalId(classifier.node.defaultChild as CfnElement);
  Validations.of(role).acknowledge(
    {
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>:*]`,
      reason: 'The versions that the alias moves between are numbered by Lambda.',
    },
    {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Alarms are only read, and composite ones only by who may read all.',
    },
  );
  return role;
}
