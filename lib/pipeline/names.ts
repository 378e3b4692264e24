import { StageError, type StageName, stackName } from '../stages.ts';

/** The stages that GitHub can deploy. Emulators deploy `local` themselves. */
export const PIPELINE_STAGES = ['dev', 'staging', 'prod'] as const satisfies readonly StageName[];
export type PipelineStage = (typeof PIPELINE_STAGES)[number];

/** The GitHub environment in which images are built, and what stands for a stage in the name of its stack. */
export const BUILD = 'build';

/** The GitHub environment of work on a stage that a schedule starts, which nobody approves. */
export const scheduledEnvironment = (stage: PipelineStage): string => `${stage}-scheduled`;

export function isPipelineStage(name: unknown): name is PipelineStage {
  return PIPELINE_STAGES.some((known) => known === name);
}

/** @throws StageError unless the stage is one that GitHub deploys, or {@link BUILD}. */
export function requirePipelineStage(name: unknown): PipelineStage | typeof BUILD {
  if (name === BUILD || isPipelineStage(name)) return name;
  throw new StageError(
    `stage: expected one of ${[BUILD, ...PIPELINE_STAGES].join(', ')}, got ${JSON.stringify(name) ?? 'nothing'}; choose it with -c stage=dev`,
  );
}

/**
 * The qualifier of the stage's own CDK bootstrap: stages in one account share no role, bucket or repository.
 * The bootstrap template allows 10 characters.
 */
export const qualifierOf = (stage: PipelineStage): string => `r50${stage}`;

/**
 * The stack with the stage's CI role and policies, or with the repository of the images and the role that builds
 * them. It must not start with {@link ownName}, or the stage could change them.
 */
export const pipelineStackName = (stage: PipelineStage | typeof BUILD): string =>
  `resnet50-pipeline-${stage}`;

/** The stack with GitHub's OIDC provider, one for each account. */
export const PROVIDER_STACK = 'resnet50-pipeline-github';

export const toolkitStackName = (stage: PipelineStage): string => `CDKToolkit-${qualifierOf(stage)}`;

/** The prefix of the names that CloudFormation generates for the resources of the stage. */
export const ownName = (stage: PipelineStage): string => `${stackName(stage)}-`;
