import { GetParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { knownGoodParameter } from './settings.ts';

/** How many versions are remembered. */
const LIMIT = 20;

/** The versions that passed the checks after a deployment, the newest first. Empty before the first one. */
export async function readKnownGood(ssm: SSMClient, functionName: string): Promise<readonly string[]> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: knownGoodParameter(functionName) }));
    return Parameter?.Value?.split(',') ?? [];
  } catch (error) {
    if ((error as Error).name === 'ParameterNotFound') return [];
    throw error;
  }
}

/** Remembers that a version is live and passed the checks. @throws errors of the AWS SDK */
export async function markKnownGood(ssm: SSMClient, functionName: string, version: string): Promise<void> {
  const before = await readKnownGood(ssm, functionName);
  const after = withKnownGood(before, version);
  if (after.join() === before.join()) return;
  await ssm.send(
    new PutParameterCommand({
      Name: knownGoodParameter(functionName),
      Description: 'Versions that passed the checks after a deployment, the newest first',
      Type: 'StringList',
      Value: after.join(),
      Overwrite: true,
    }),
  );
}

/** A version that is live again, after a rollback to it, replaces those that came after it. */
export function withKnownGood(versions: readonly string[], version: string): readonly string[] {
  const index = versions.indexOf(version);
  return (index === -1 ? [version, ...versions] : versions.slice(index)).slice(0, LIMIT);
}

/**
 * The version to go back to: the one that was known to be good before the live one.
 *
 * @returns undefined if there is none.
 */
export function knownGoodBefore(versions: readonly string[], live: string): string | undefined {
  // Without an entry of its own, the live version came after all of them.
  return versions[versions.indexOf(live) + 1];
}
