import { Aws } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { bootstrapRole, ownArns } from '../arns.ts';
import type { PipelineStage } from '../names.ts';
import type { ImageSettings } from '../settings.ts';
import {
  OWN_SERVICES,
  ownResources,
  type PermissionSettings,
  sharedStatements,
  unnamedStatements,
} from './execution.ts';
import { allow } from './statement.ts';

/**
 * The most that any role of a stage's bootstrap may do: what CloudFormation may do, and what the CDK CLI does
 * itself.
 *
 * A qualifier alone does not separate the stages of an account. The bootstrap's deploy role may change every
 * stack, and CloudFormation reuses the role that a stack was deployed with "even if the users don't have
 * permission to pass it" (CloudFormation API reference, CreateChangeSet, RoleARN). Dev's deploy role could
 * therefore deploy prod with prod's execution role. The lookup role has ReadOnlyAccess and could read every
 * API key. So the boundary goes on all roles.
 */
export function deploymentBoundaryStatements(
  stage: PipelineStage,
  settings: PermissionSettings,
  images: ImageSettings,
): PolicyStatement[] {
  const own = ownArns(stage);
  return [
    allow(
      [...OWN_SERVICES, 'cloudformation:*', 'ecr:*', 's3:*', 'ssm:GetParameter*'],
      [
        ...ownResources(stage),
        own.stack,
        own.repository,
        // And the objects in it.
        `${own.bucket}*`,
        own.bootstrapVersion,
      ],
    ),
    ...unnamedStatements(stage, settings),
    ...sharedStatements(images),
    allow(
      [
        'cloudformation:Describe*',
        'cloudformation:Get*',
        'cloudformation:List*',
        'ecr:GetAuthorizationToken',
      ],
      '*',
    ),
    allow(['iam:PassRole'], bootstrapRole(stage, 'cfn-exec')),
    // The bucket's encryption key.
    allow(['kms:*'], '*', { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.${Aws.URL_SUFFIX}` } }),
  ];
}
