import { Aws } from 'aws-cdk-lib';
import { type PipelineStage, pipelineStackName } from '../names.ts';

/** Policy names are shared by all regions of an account, so they include the region. */
const policyName = (stage: PipelineStage, purpose: string): string =>
  `${pipelineStackName(stage)}-${purpose}-${Aws.REGION}`;

/** What CloudFormation may do for the stage. */
export const executionPolicyName = (stage: PipelineStage): string => policyName(stage, 'execution');
/** The most that any role of the stage's bootstrap may do. */
export const deploymentBoundaryName = (stage: PipelineStage): string =>
  policyName(stage, 'deployment-boundary');
/** The most that any role inside the stage's stack may do. */
export const runtimeBoundaryName = (stage: PipelineStage): string => policyName(stage, 'runtime-boundary');
