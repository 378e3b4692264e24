import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { readKnownGood } from '../../../lambda/operations/known-good.ts';
import type { StackOutputs } from '../aws/stack-outputs.ts';
import { listVersions, moveAlias, type PublishedVersion, readAlias, wakeVersion } from './alias.ts';
import { runningDeployment, stopDeployment } from './deployment.ts';
import { chooseVersion } from './plan.ts';
import { setLiveVersion } from './stack.ts';

export interface Rollback {
  readonly cloudFormation: CloudFormationClient;
  readonly codeDeploy: CodeDeployClient;
  readonly lambda: LambdaClient;
  readonly ssm: SSMClient;
  readonly outputs: StackOutputs;
  /** @default the version that was known to be good before the live one */
  readonly to?: string | undefined;
  /** @returns whether to go on. */
  readonly confirm: (question: string) => Promise<boolean>;
  readonly say: (line: string) => void;
  /** Milliseconds between two checks of what AWS is doing. @default 3000 */
  readonly pauseMs?: number;
}

/**
 * Stops the deployment that is running, which takes its traffic back. Without one, moves the alias to an
 * older version through CloudFormation.
 *
 * @returns whether anything was done.
 */
export async function rollBack(rollback: Rollback): Promise<boolean> {
  const { codeDeploy, outputs, to } = rollback;
  const running = outputs.deployment && (await runningDeployment(codeDeploy, outputs.deployment));
  if (running === undefined) return moveBack(rollback);
  if (to !== undefined) {
    throw new Error(`deployment ${running} is running: roll it back without --to first, then move the alias`);
  }
  return stop(rollback, running);
}

async function stop({ codeDeploy, confirm, say, pauseMs }: Rollback, deploymentId: string): Promise<boolean> {
  if (!(await confirm(`Stop deployment ${deploymentId} and take its traffic back?`))) return false;
  await stopDeployment(codeDeploy, deploymentId, pauseMs);
  say(
    `Deployment ${deploymentId} is stopped, and its traffic is back. CloudFormation rolls back its update too.`,
  );
  return true;
}

async function moveBack(rollback: Rollback): Promise<boolean> {
  const { cloudFormation, lambda, ssm, outputs, to, confirm, say, pauseMs } = rollback;
  const { functionName, alias, liveVersion: expected, stack } = outputs;
  const state = await readAlias(lambda, outputs);
  const versions = await listVersions(lambda, functionName);
  const knownGood = await readKnownGood(ssm, functionName);
  for (const { version, published } of versions) {
    const mark = version === state.version ? '*' : ' ';
    say(
      `${mark} version ${version}, published ${published}${knownGood.includes(version) ? ', known to be good' : ''}`,
    );
  }
  const published = versions.map(({ version }) => version);
  const target = chooseVersion({ alias: state, expected, published, knownGood }, to);
  const older = unchanged(versions, state.version, stack.updated);
  if (older && Number(target) < Number(state.version)) say(older);
  if (!(await confirm(`Move ${alias} from version ${state.version} to version ${target}?`))) return false;
  await wakeVersion(lambda, functionName, target, pauseMs);
  if (target === expected) {
    // Somebody moved the alias by hand. CloudFormation would see nothing to do.
    await moveAlias(lambda, outputs, { version: target, revisionId: state.revisionId }, pauseMs);
  } else {
    await setLiveVersion(cloudFormation, stack, target, pauseMs);
  }
  say(`${alias} points to version ${target} until the next deployment of other code.`);
  return true;
}

/** A warning if the last update of the stack did not bring the live version. */
function unchanged(
  versions: readonly PublishedVersion[],
  live: string,
  updated: Date | undefined,
): string | undefined {
  const published = versions.find(({ version }) => version === live)?.published;
  if (updated === undefined || published === undefined || !(Date.parse(published) < updated.getTime())) {
    return undefined;
  }
  return `Version ${live} was published before the last update of the stack, at ${updated.toISOString()}: going back does not undo that update.`;
}
