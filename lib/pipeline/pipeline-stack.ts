import { Aws, CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import {
  type IPrincipal,
  ManagedPolicy,
  PolicyDocument,
  type PolicyStatement,
  Role,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { policy } from './arns.ts';
import { type PipelineStage, qualifierOf, scheduledEnvironment, toolkitStackName } from './names.ts';
import { ciStatements } from './policies/ci.ts';
import { deploymentBoundaryStatements } from './policies/deployment-boundary.ts';
import { executionStatements } from './policies/execution.ts';
import { deploymentBoundaryName, executionPolicyName, runtimeBoundaryName } from './policies/names.ts';
import { runtimeBoundaryStatements } from './policies/runtime-boundary.ts';
import { scheduledStatements } from './policies/scheduled.ts';
import { acknowledgeWildcards } from './policies/wildcards.ts';
import type { PipelineSettings } from './settings.ts';
import { githubPrincipal, MAIN, RELEASES } from './trust.ts';

export interface PipelineStackProps extends StackProps {
  readonly stage: PipelineStage;
  readonly settings: Settings;
  readonly pipeline: PipelineSettings;
}

interface RoleProps {
  readonly description: string;
  readonly assumedBy: IPrincipal;
  readonly policyName: string;
  readonly statements: readonly PolicyStatement[];
}

/**
 * Who may deploy a stage from GitHub, and what they may do: the CI's role, and the policies that the stage's
 * bootstrap and the stage's stack refer to. A second role is for work that a schedule starts. Only an
 * administrator can deploy it; none of its roles can change it. docs/adr/0020 says why.
 */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, { stage, settings, pipeline, ...props }: PipelineStackProps) {
    super(scope, id, props);
    const { images } = pipeline;
    this.#policy(
      'ExecutionPolicy',
      executionPolicyName(stage),
      `What CloudFormation may do for stage ${stage}`,
      executionStatements(stage, settings, images),
    );
    this.#policy(
      'DeploymentBoundary',
      deploymentBoundaryName(stage),
      `The most that the bootstrap roles of stage ${stage} may do`,
      deploymentBoundaryStatements(stage, settings, images),
    );
    this.#policy(
      'RuntimeBoundary',
      runtimeBoundaryName(stage),
      `The most that the roles in the stack of stage ${stage} may do`,
      runtimeBoundaryStatements(stage, settings),
    );
    const role = this.#role('Role', {
      description: `Deploys stage ${stage} from GitHub`,
      assumedBy: githubPrincipal(pipeline.github, { environment: stage, refs: [MAIN, RELEASES] }),
      policyName: 'deploy',
      statements: ciStatements(stage, settings, images),
    });
    const scheduled = this.#role('ScheduledRole', {
      description: `Watches stage ${stage} from GitHub, and deletes what it no longer needs`,
      assumedBy: githubPrincipal(pipeline.github, { environment: scheduledEnvironment(stage), refs: [MAIN] }),
      policyName: 'scheduled',
      statements: scheduledStatements(stage, settings, images),
    });

    new CfnOutput(this, 'RoleArn', {
      value: role.roleArn,
      description: 'The variable AWS_ROLE_ARN of the GitHub environment',
    });
    new CfnOutput(this, 'ScheduledRoleArn', {
      value: scheduled.roleArn,
      description: `The variable AWS_ROLE_ARN of the GitHub environment ${scheduledEnvironment(stage)}`,
    });
    new CfnOutput(this, 'BootstrapCommand', {
      value: bootstrapCommand(stage),
      description: 'Run this next, once',
    });
    Tags.of(this).add('stage', stage);
  }

  #role(id: string, { description, assumedBy, policyName, statements }: RoleProps): Role {
    const document = new PolicyDocument({ statements: [...statements], minimize: true });
    const role = new Role(this, id, { description, assumedBy, inlinePolicies: { [policyName]: document } });
    acknowledgeWildcards(role, statements);
    return role;
  }

  #policy(id: string, managedPolicyName: string, description: string, statements: PolicyStatement[]): void {
    const document = new PolicyDocument({ statements, minimize: true });
    const policy = new ManagedPolicy(this, id, { managedPolicyName, description, document });
    acknowledgeWildcards(policy, statements);
  }
}

/** Bootstraps the account with the stage's own names, execution policy and boundary. */
function bootstrapCommand(stage: PipelineStage): string {
  return [
    // The CLI runs the app of this folder, which needs a stage, although the environment is given.
    `npx cdk bootstrap -c stage=${stage} aws://${Aws.ACCOUNT_ID}/${Aws.REGION}`,
    `--qualifier ${qualifierOf(stage)}`,
    `--toolkit-stack-name ${toolkitStackName(stage)}`,
    `--cloudformation-execution-policies ${policy(executionPolicyName(stage))}`,
    `--custom-permissions-boundary ${deploymentBoundaryName(stage)}`,
    '--apply-permissions-boundary-to-all-roles',
    '--termination-protection',
  ].join(' ');
}
