import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { StageName } from '../../../lib/stages.ts';
import { findStackOutputs } from '../aws/stack-outputs.ts';
import { type Finding, fail, ok, warn } from '../findings/finding.ts';
import { readAlias } from '../rollback/alias.ts';

/**
 * Whether the alias is where CloudFormation left it. If somebody has moved it by hand, CodeDeploy refuses the
 * next deployment: "The Lambda function alias version does not match the current version in AppSpec file".
 */
export async function checkAlias(
  cloudFormation: CloudFormationClient,
  lambda: LambdaClient,
  stage: StageName,
): Promise<Finding> {
  const outputs = await findStackOutputs(cloudFormation, stage);
  if (outputs?.liveVersion === undefined) return ok('CloudFormation has not moved the alias yet');
  const { alias, liveVersion, stack } = outputs;
  const { version } = await readAlias(lambda, outputs);
  if (version === liveVersion && stack.rolledBackTo !== undefined) {
    return warn(
      `${alias} was rolled back to version ${version}`,
      'A deployment of other code ends the rollback. One of the same code leaves the alias where it is.',
    );
  }
  if (version === liveVersion) return ok(`${alias} is on version ${version}, as CloudFormation expects`);
  const found = `${alias} is on version ${version}, and CloudFormation expects ${liveVersion}`;
  return fail(found, `To stay on version ${version}: npm run rollback -- --stage ${stage} --to ${version}`);
}
