import {
  type CloudFormationClient,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import type { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import {
  type LambdaClient,
  paginateListAliases,
  paginateListProvisionedConcurrencyConfigs,
} from '@aws-sdk/client-lambda';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { readKnownGood } from '../../../lambda/operations/known-good.ts';
import type { StageName } from '../../../lib/stages.ts';
import { readStackOutputs } from '../aws/stack-outputs.ts';
import { listVersions } from '../rollback/alias.ts';
import { runningDeployment } from '../rollback/deployment.ts';
import type { Claim, FunctionState } from './versions.ts';

export interface StageClients {
  readonly cloudFormation: CloudFormationClient;
  readonly codeDeploy: CodeDeployClient;
  readonly lambda: LambdaClient;
  readonly ssm: SSMClient;
}

/**
 * The functions of a stage, with their versions and everything that needs one.
 *
 * @throws Error while a deployment changes the stage, or if anything cannot be read: what is unknown may be needed.
 */
export async function readFunctions(clients: StageClients, stage: StageName): Promise<FunctionState[]> {
  const { cloudFormation, codeDeploy, lambda, ssm } = clients;
  const outputs = await readStackOutputs(cloudFormation, stage);
  const { stack, deployment, liveVersion, functionName } = outputs;
  if (!stack.status.endsWith('_COMPLETE')) {
    throw new Error(`expected ${stack.name} to be at rest, got ${stack.status}: run this again later`);
  }
  const running = deployment && (await runningDeployment(codeDeploy, deployment));
  if (running !== undefined) throw new Error(`deployment ${running} is running: run this again later`);

  const resources = await listResources(cloudFormation, stack.name);
  const names = resources.filter(ofType('AWS::Lambda::Function')).map(physicalId);
  if (!names.includes(functionName)) {
    throw new Error(`expected ${functionName} among the functions of ${stack.name}, got ${names.join(', ')}`);
  }
  const templated = resources.filter(ofType('AWS::Lambda::Version')).map(physicalId);
  const functions: FunctionState[] = [];
  for (const name of names) {
    const isService = name === functionName;
    const claims: Claim[] = [
      ...(await aliasClaims(lambda, name)),
      ...(await provisionedClaims(lambda, name)),
      ...templated.flatMap((arn) => versionIn(arn, name)).map((version) => ({ version, by: 'the template' })),
      ...(isService && liveVersion ? [{ version: liveVersion, by: 'the output LiveVersion' }] : []),
    ];
    const versions = await listVersions(lambda, name);
    // A version of this list may be gone already: somebody deleted it by hand.
    const good = (isService ? await readKnownGood(ssm, name) : [])
      .filter((version) => versions.some((one) => one.version === version))
      .map((version) => ({ version, by: 'known to be good' }));
    functions.push({ name, versions, claims: [...claims, ...good] });
  }
  return functions;
}

async function listResources(client: CloudFormationClient, stack: string): Promise<StackResourceSummary[]> {
  const resources: StackResourceSummary[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stack })) {
    resources.push(...(page.StackResourceSummaries ?? []));
  }
  return resources.filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE');
}

const ofType =
  (type: string) =>
  ({ ResourceType }: StackResourceSummary): boolean =>
    ResourceType === type;

function physicalId({ PhysicalResourceId: id, LogicalResourceId: name }: StackResourceSummary): string {
  if (!id) throw new Error(`${name}: expected the name that CloudFormation gave it, got nothing`);
  return id;
}

/** @param arn of a version of any function. @returns its number, if it is of this function. */
function versionIn(arn: string, functionName: string): string[] {
  const [name, version] = arn.split(':').slice(-2);
  return name === functionName && version !== undefined ? [version] : [];
}

async function aliasClaims(client: LambdaClient, name: string): Promise<Claim[]> {
  const claims: Claim[] = [];
  for await (const page of paginateListAliases({ client }, { FunctionName: name })) {
    for (const { Name, FunctionVersion, RoutingConfig } of page.Aliases ?? []) {
      const versions = [FunctionVersion, ...Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {})];
      for (const version of versions) {
        if (version === undefined)
          throw new Error(`${name}: expected the version of alias ${Name}, got nothing`);
        if (version !== '$LATEST') claims.push({ version, by: `alias ${Name}` });
      }
    }
  }
  return claims;
}

/** A version with warm environments of its own. Those of an alias are the alias's. */
async function provisionedClaims(client: LambdaClient, name: string): Promise<Claim[]> {
  const claims: Claim[] = [];
  const pages = paginateListProvisionedConcurrencyConfigs({ client }, { FunctionName: name });
  for await (const page of pages) {
    for (const { FunctionArn = '' } of page.ProvisionedConcurrencyConfigs ?? []) {
      const qualifier = FunctionArn.split(':').at(-1) ?? '';
      if (/^\d+$/.test(qualifier)) claims.push({ version: qualifier, by: 'provisioned concurrency' });
    }
  }
  return claims;
}
