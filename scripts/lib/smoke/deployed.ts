import { APIGatewayClient, GetApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { waitUntilActive } from '../../../lambda/operations/active.ts';
import { readStackOutputs } from '../aws/stack-outputs.ts';
import type { NamedFinding } from '../findings/finding.ts';
import type { SmokeTarget } from './request.ts';
import { smoke } from './smoke.ts';

export interface DeployedService {
  readonly target: SmokeTarget;
  readonly version: string;
  /** The image that the alias runs, by its digest. */
  readonly imageUri: string;
}

/**
 * The URL and the key of a deployed stage, and what it runs. Wakes a function that nobody has called for long.
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
  const { apiKeyId } = outputs;
  const key = apiKeyId
    ? await new APIGatewayClient({}).send(new GetApiKeyCommand({ apiKey: apiKeyId, includeValue: true }))
    : undefined;
  return {
    target: { url: outputs.apiUrl, apiKey: key?.value },
    version: running.Configuration?.Version ?? 'unknown',
    imageUri: running.Code?.ResolvedImageUri ?? 'unknown',
  };
}

/** The smoke test of a deployed stage. */
export async function smokeDeployed(stage: string): Promise<readonly NamedFinding[]> {
  const { target, version, imageUri } = await findDeployed(stage);
  console.error(`${target.url}\nversion ${version}, ${imageUri}`);
  return smoke(target, { keyRequired: target.apiKey !== undefined });
}
