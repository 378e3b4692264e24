import { readFile } from 'node:fs/promises';
import { readStage, STAGE_NAMES, type Stage } from '../../../lib/stages.ts';
import { UsageError } from '../command/command.ts';

const CDK_JSON = new URL('../../../cdk.json', import.meta.url);

/** The context of cdk.json: what `cdk` itself hands to the app. */
async function readCdkContext(): Promise<Readonly<Record<string, unknown>>> {
  const { context = {} } = JSON.parse(await readFile(CDK_JSON, 'utf8')) as {
    context?: Record<string, unknown>;
  };
  return context;
}

/** What cdk.json says of the stages' settings. */
export const readStageOverrides = async (): Promise<unknown> => (await readCdkContext())['stages'];

/** What the CDK CLI would use: another bootstrap stack, by cdk.json, and another program than Docker. */
export async function readPreflightContext() {
  const qualifier = (await readCdkContext())['@aws-cdk/core:bootstrapQualifier'];
  return {
    qualifier: typeof qualifier === 'string' ? qualifier : undefined,
    docker: process.env['CDK_DOCKER'],
  };
}

/**
 * The stage as `cdk -c stage=NAME` has it, with the overrides of cdk.json.
 *
 * @throws UsageError without a name; StageError for one that is unknown, or settings that cannot be.
 */
export async function loadStage(name: string | undefined): Promise<Stage> {
  if (name === undefined)
    throw new UsageError(`--stage: expected one of ${STAGE_NAMES.join(', ')}, got nothing`);
  return readStage(name, await readStageOverrides());
}
