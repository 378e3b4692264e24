import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { waitUntilActive } from '../../../lambda/operations/active.ts';
import { markKnownGood } from '../../../lambda/operations/known-good.ts';
import type { AuthKind } from '../../../lib/settings/auth.ts';
import type { StageName } from '../../../lib/stages.ts';
import { explainAwsError } from '../aws/explain-error.ts';
import { readStackOutputs } from '../aws/stack-outputs.ts';
import { startActivity } from '../command/activity.ts';
import { credentialsOf } from '../credentials/of-stack.ts';
import { type NamedFinding, ok, warn } from '../findings/finding.ts';
import { hasFailed } from '../findings/report.ts';
import { loadStage } from '../stages/load.ts';
import type { SmokeTarget } from './request.ts';
import { canPredict, smoke } from './smoke.ts';

export interface DeployedService {
  readonly target: SmokeTarget;
  /** What the API requires of predictions. */
  readonly auth: AuthKind | undefined;
  readonly functionName: string;
  readonly version: string;
  /** The image that the alias runs, by its digest. */
  readonly imageUri: string;
}

/**
 * The URL of a deployed stage, credentials for it, and what it runs. Wakes a function that nobody has called
 * for long.
 *
 * @throws Error if the function does not become active; errors of the AWS SDK.
 */
async function findDeployed(stage: string): Promise<DeployedService> {
  const outputs = await readStackOutputs(new CloudFormationClient({}), stage);
  const lambda = new LambdaClient({});
  await waitUntilActive(lambda, `${outputs.functionName}:${outputs.alias}`);
  const running = await lambda.send(
    new GetFunctionCommand({ FunctionName: outputs.functionName, Qualifier: outputs.alias }),
  );
  return {
    target: { url: outputs.apiUrl, credentials: await credentialsOf(outputs) },
    auth: outputs.auth === 'off' ? undefined : outputs.auth,
    functionName: outputs.functionName,
    version: running.Configuration?.Version ?? 'unknown',
    imageUri: running.Code?.ResolvedImageUri ?? 'unknown',
  };
}

/**
 * The smoke test of a deployed stage. If it passes, predictions included, the version is remembered as known
 * to be good. Without a token for predictions, only the hook after the traffic shift has checked them, behind
 * the gateway.
 */
export async function smokeDeployed(stage: StageName): Promise<readonly NamedFinding[]> {
  using _shown = startActivity('Calling the service');
  const { target, auth, functionName, version, imageUri } = await findDeployed(stage);
  console.error(`${target.url}\nversion ${version}, ${imageUri}`);
  const { settings } = await loadStage(stage);
  const findings = await smoke(target, auth, settings.canaryClasses);
  if (hasFailed(findings) || !canPredict(target, auth)) return findings;
  return [...findings, await remember(new SSMClient({}), functionName, version)];
}

/** After a deployment, the hook has done this already. What remains is a first deployment, or one in place. */
export async function remember(ssm: SSMClient, functionName: string, version: string): Promise<NamedFinding> {
  const name = 'known good';
  try {
    await markKnownGood(ssm, functionName, version);
    return { name, ...ok(`version ${version} is one to go back to`) };
  } catch (error) {
    const found = `version ${version} could not be remembered: ${explainAwsError(error)}`;
    return { name, ...warn(found, 'A later rollback to this version needs --to.') };
  }
}
