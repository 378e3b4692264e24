import { GetFunctionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { UsageError } from '../command/usage-error.ts';
import type { NamedFinding } from '../findings/finding.ts';
import { type DeliveryRecord, failureOf } from '../record/record.ts';
import type { Steps } from '../record/steps.ts';
import { type AliasName, readAlias } from './alias.ts';
import { type Rollback, rollBack } from './rollback.ts';

/**
 * Rolls a stage back and runs the smoke test.
 *
 * @returns undefined if a person said no.
 * @throws UsageError without a person to ask.
 */
export async function runRollback(
  rollback: Rollback,
  smoke: () => Promise<readonly NamedFinding[]>,
  steps: Steps,
): Promise<Pick<DeliveryRecord, 'outcome' | 'versions' | 'image'> | undefined> {
  const { lambda, outputs } = rollback;
  const live = async () => (await readAlias(lambda, outputs)).version;
  const before = await live();
  let usage: UsageError | undefined;
  let isDone = false;
  const isBack = await steps.run('Roll back', async () => {
    try {
      isDone = await rollBack(rollback);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      usage = error;
    }
    return [];
  });
  if (usage !== undefined) throw usage;
  if (isBack && !isDone) return undefined;
  const now = {
    versions: { before, after: await live().catch(() => undefined) },
    image: await imageOf(lambda, outputs).catch(() => undefined),
  };
  if (!isBack) return { outcome: { kind: 'failed', ...failureOf(steps.results) }, ...now };
  if (await steps.run('Smoke test', smoke)) return { outcome: { kind: 'succeeded' }, ...now };
  return { outcome: { kind: 'unhealthy', ...failureOf(steps.results) }, ...now };
}

/** What the alias runs now, by its digest. */
async function imageOf(
  lambda: LambdaClient,
  { functionName, alias }: AliasName,
): Promise<string | undefined> {
  const { Code } = await lambda.send(
    new GetFunctionCommand({ FunctionName: functionName, Qualifier: alias }),
  );
  return Code?.ResolvedImageUri;
}
