import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ownArns, serviceLinkedRoles } from '../arns.ts';
import type { PipelineStage } from '../names.ts';
import { allow } from './statement.ts';

/** AWS creates the roles of these services itself, at their first use in an account. */
const LINKED_SERVICES = [
  'lambda.application-autoscaling.amazonaws.com',
  'management.chatbot.amazonaws.com',
  'ops.apigateway.amazonaws.com',
  'wafv2.amazonaws.com',
];
/** The services that assume the stack's roles. */
const SERVICES = ['apigateway', 'chatbot', 'codedeploy', 'lambda', 'states'].map(
  (name) => `${name}.amazonaws.com`,
);

/**
 * What CloudFormation may do with roles. It may only create or change roles that have the runtime boundary,
 * so a stage cannot give itself more permissions. It may not remove a boundary, or change a managed policy.
 */
export function roleStatements(stage: PipelineStage): PolicyStatement[] {
  const { roles, runtimeBoundary } = ownArns(stage);
  return [
    // Policies may have 6,144 characters, so wildcards stand for several actions. *RolePolicy are a role's inline and
    // attached policies, and PutRole* is also its boundary.
    allow(['iam:*RolePolicy', 'iam:CreateRole', 'iam:PutRole*'], roles, {
      StringEquals: { 'iam:PermissionsBoundary': runtimeBoundary },
    }),
    allow(['iam:*TagRole', 'iam:DeleteRole', 'iam:GetRole*', 'iam:List*Role*', 'iam:Update*Role*'], roles),
    allow(['iam:PassRole'], roles, { StringEquals: { 'iam:PassedToService': SERVICES } }),
    allow(['iam:CreateServiceLinkedRole'], serviceLinkedRoles('*'), {
      StringEquals: { 'iam:AWSServiceName': LINKED_SERVICES },
    }),
    allow(['iam:PassRole'], serviceLinkedRoles('lambda.application-autoscaling.amazonaws.com')),
  ];
}
