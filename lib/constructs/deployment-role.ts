import { type CfnElement, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

export interface DeploymentRoleProps {
  readonly classifier: IFunction;
  readonly hooks: readonly IFunction[];
}

/**
 * The role of CodeDeploy: the permissions of AWS's managed policy AWSCodeDeployRoleForLambdaLimited, but for
 * one function and its hooks only, and without S3, because CloudFormation passes the revision inline.
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
  // cdk-nag's finding contains the function's logical id.
  const logicalId = Stack.of(scope).getLogicalId(classifier.node.defaultChild as CfnElement);
  Validations.of(role).acknowledge(
    {
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>:*]`,
      reason: 'The alias moves between versions whose numbers are assigned by Lambda.',
    },
    {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'The role only reads alarms, and reading composite alarms requires access to all of them.',
    },
  );
  return role;
}
