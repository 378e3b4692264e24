import { DefaultStackSynthesizer, type IStackSynthesizer, type Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { type PipelineStage, qualifierOf } from './names.ts';
import { runtimeBoundaryName } from './policies/names.ts';

/** Deploys a stack through the stage's own bootstrap. */
export function pipelineSynthesizer(stage: PipelineStage): IStackSynthesizer {
  return new DefaultStackSynthesizer({
    qualifier: qualifierOf(stage),
    // The CI may not assume the lookup role, through which `cdk diff` would read the stack.
    useLookupRoleForStackOperations: false,
  });
}

/** Puts the boundary that the stage's execution policy requires on every role of a stack. */
export function boundRoles(stack: Stack, stage: PipelineStage): void {
  const boundary = ManagedPolicy.fromManagedPolicyName(stack, 'RuntimeBoundary', runtimeBoundaryName(stage));
  PermissionsBoundary.of(stack).apply(boundary);
}
