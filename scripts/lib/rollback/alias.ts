import {
  GetAliasCommand,
  GetProvisionedConcurrencyConfigCommand,
  type LambdaClient,
  paginateListVersionsByFunction,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda';
import { waitUntilActive } from '../../../lambda/operations/active.ts';
import { excerpt, invokeService } from '../../../lambda/operations/invoke.ts';
import { poll } from '../system/wait.ts';
import type { AliasState } from './plan.ts';

export interface AliasName {
  readonly functionName: string;
  readonly alias: string;
}

export interface PublishedVersion {
  readonly version: string;
  /** ISO 8601. */
  readonly published: string;
}

/** The revision changes with each update of the alias, so that a rollback cannot overwrite another update. */
export type AliasRevision = AliasState & { readonly revisionId: string | undefined };

export async function readAlias(
  lambda: LambdaClient,
  { functionName, alias }: AliasName,
): Promise<AliasRevision> {
  const output = await lambda.send(new GetAliasCommand({ FunctionName: functionName, Name: alias }));
  return {
    version: output.FunctionVersion ?? '',
    weights: output.RoutingConfig?.AdditionalVersionWeights ?? {},
    revisionId: output.RevisionId,
  };
}

export async function listVersions(lambda: LambdaClient, functionName: string): Promise<PublishedVersion[]> {
  const versions: PublishedVersion[] = [];
  for await (const page of paginateListVersionsByFunction(
    { client: lambda },
    { FunctionName: functionName },
  )) {
    for (const { Version, LastModified = '' } of page.Versions ?? []) {
      if (Version && Version !== '$LATEST') versions.push({ version: Version, published: LastModified });
    }
  }
  return versions;
}

/**
 * Makes sure that a version is active and ready before it gets traffic.
 *
 * @param pauseMs milliseconds between two checks of its state.
 * @throws Error with its state or its answer.
 */
export async function wakeVersion(
  lambda: LambdaClient,
  functionName: string,
  version: string,
  pauseMs = 3000,
): Promise<void> {
  const target = `${functionName}:${version}`;
  await waitUntilActive(lambda, target, { pauseMs });
  const { status, text } = await invokeService(lambda, target, { method: 'GET', path: 'ready' });
  if (status !== 200) {
    throw new Error(`expected version ${version} to be ready, got ${status}: ${excerpt(text)}`);
  }
}

/**
 * Moves all traffic of the alias to a version, and waits until it is there. Provisioned environments follow
 * the alias: Lambda starts them for the new version, and sends traffic to the old version until they are
 * ready.
 *
 * @param pauseMs milliseconds between two checks.
 * @throws Error if the environments cannot be started, or after 10 minutes.
 */
export async function moveAlias(
  lambda: LambdaClient,
  name: AliasName,
  { version, revisionId }: { readonly version: string; readonly revisionId: string | undefined },
  pauseMs = 3000,
): Promise<void> {
  await lambda.send(
    new UpdateAliasCommand({
      FunctionName: name.functionName,
      Name: name.alias,
      FunctionVersion: version,
      RoutingConfig: { AdditionalVersionWeights: {} },
      RevisionId: revisionId,
    }),
  );
  await poll(`all traffic on version ${version}`, pauseMs, async () => {
    const state = await readAlias(lambda, name);
    const provisioned = await provisionedStatus(lambda, name);
    if (provisioned === 'FAILED') {
      throw new Error(`version ${version} cannot be kept warm: its provisioned concurrency is FAILED`);
    }
    const isWhole = state.version === version && Object.keys(state.weights).length === 0;
    return isWhole && provisioned !== 'IN_PROGRESS' ? true : undefined;
  });
}

/** @returns undefined if the alias has no provisioned concurrency. */
async function provisionedStatus(lambda: LambdaClient, { functionName, alias }: AliasName) {
  try {
    const { Status } = await lambda.send(
      new GetProvisionedConcurrencyConfigCommand({ FunctionName: functionName, Qualifier: alias }),
    );
    return Status;
  } catch (error) {
    if ((error as Error).name === 'ProvisionedConcurrencyConfigNotFoundException') return undefined;
    throw error;
  }
}
