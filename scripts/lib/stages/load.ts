import { readFile } from 'node:fs/promises';
import { readStage, STAGE_NAMES, type Stage, type StageName } from '../../../lib/stages.ts';
import { choice } from '../command/options.ts';
import { REPOSITORY } from '../paths.ts';

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

/** What the preflight must know of the CDK CLI's settings: its bootstrap stack and its Docker. */
export async function readPreflightContext() {
  const qualifier = (await readCdkContext())['@aws-cdk/core:bootstrapQualifier'];
  return {
    qualifier: typeof qualifier === 'string' ? qualifier : undefined,
    docker: process.env['CDK_DOCKER'],
  };
}

/**
 * The stage as `cdk -c stage=NAME` deploys it, with the overrides of cdk.json.
 *
 * @throws StageError for a setting that is not valid.
 */
export async function loadStage(name: StageName): Promise<Stage> {
  return readStage(name, await readStageOverrides());
}
