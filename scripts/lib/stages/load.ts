import { readFile } from 'node:fs/promises';
import { isPipelineStage, qualifierOf } from '../../../lib/pipeline/names.ts';
import { type PipelineSettings, readPipeline, requirePipeline } from '../../../lib/pipeline/settings.ts';
import { readStage, STAGE_NAMES, type Stage, type StageName } from '../../../lib/stages.ts';
import { choice } from '../command/options.ts';
import { REPOSITORY } from '../paths.ts';
import type { Bootstrap } from '../preflight/account.ts';

/** `--stage`, for the commands that work on one stage. */
export const stageOption = choice(STAGE_NAMES, { help: 'the stage', required: true });

/** The context of cdk.json: what `cdk` itself hands to the app. */
async function readCdkContext(): Promise<Readonly<Record<string, unknown>>> {
  const { context = {} } = JSON.parse(await readFile(`${REPOSITORY}cdk.json`, 'utf8')) as {
    context?: Record<string, unknown>;
  };
  return context;
}

/** The overrides of stage settings in cdk.json. */
export const readStageOverrides = async (): Promise<unknown> => (await readCdkContext())['stages'];

/** The pipeline in cdk.json. @throws StageError if a setting of it is invalid */
export const loadPipeline = async (): Promise<PipelineSettings | undefined> =>
  readPipeline((await readCdkContext())['pipeline']);

/** @throws StageError as {@link loadPipeline}, and if cdk.json sets none. */
export const loadRequiredPipeline = async (): Promise<PipelineSettings> =>
  requirePipeline((await readCdkContext())['pipeline']);

/**
 * The repository on GitHub that deploys, as `OWNER/NAME`.
 *
 * @returns undefined if cdk.json sets no pipeline.
 * @throws StageError if a setting of the pipeline is invalid.
 */
export async function readRepository(): Promise<string | undefined> {
  const pipeline = await loadPipeline();
  return pipeline && `${pipeline.github.owner}/${pipeline.github.repository}`;
}

/** What the preflight must know of the CDK CLI's settings: the stage's bootstrap and its Docker. */
export async function readPreflightContext({ name }: Stage) {
  return { bootstrap: bootstrapOf(name, await readCdkContext()), docker: process.env['CDK_DOCKER'] };
}

/**
 * The bootstrap that a stage is deployed through: its own if cdk.json sets a pipeline.
 *
 * @returns undefined for CDK's default.
 * @throws StageError if a setting of the pipeline is invalid.
 */
export function bootstrapOf(
  stage: StageName,
  context: Readonly<Record<string, unknown>>,
): Bootstrap | undefined {
  if (readPipeline(context['pipeline']) && isPipelineStage(stage)) {
    return { qualifier: qualifierOf(stage), isOfPipeline: true };
  }
  const qualifier = context['@aws-cdk/core:bootstrapQualifier'];
  return typeof qualifier === 'string' ? { qualifier, isOfPipeline: false } : undefined;
}

/**
 * The stage as `cdk -c stage=NAME` deploys it, with the overrides of cdk.json.
 *
 * @throws StageError for a setting that is not valid.
 */
export async function loadStage(name: StageName): Promise<Stage> {
  return readStage(name, await readStageOverrides());
}
