import type { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { StackOutputs } from '../aws/stack-outputs.ts';
import { listVersions, moveAlias, readAlias, wakeVersion } from './alias.ts';
import { runningDeployment, stopDeployment } from './deployment.ts';
import { chooseVersion } from './plan.ts';

export interface Rollback {
  readonly lambda: LambdaClient;
  readonly codeDeploy: CodeDeployClient;
  readonly outputs: StackOutputs;
  /** @default the newest version before the one in use */
  readonly to?: string | undefined;
  /** @returns whether to go on. */
  readonly confirm: (question: string) => Promise<boolean>;
  readonly say: (line: string) => void;
  /** Milliseconds between two checks of what AWS is doing. @default 3000 */
  readonly pauseMs?: number;
}

/**
 * Stops the deployment that is running, which takes its traffic back. Without one, moves the alias to an
 * older version.
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

async function moveBack({ lambda, outputs, to, confirm, say, pauseMs }: Rollback): Promise<boolean> {
  const { functionName, alias } = outputs;
  const state = await readAlias(lambda, outputs);
  const versions = await listVersions(lambda, functionName);
  for (const { version, published } of versions) {
    say(`${version === state.version ? '*' : ' '} version ${version}, published ${published}`);
  }
  const published = versions.map(({ version }) => version);
  const target = chooseVersion(state, published, to);
  if (!(await confirm(`Move ${alias} from version ${state.version} to version ${target}?`))) return false;
  await wakeVersion(lambda, functionName, target, pauseMs);
  await moveAlias(lambda, outputs, { version: target, revisionId: state.revisionId }, pauseMs);
  say(
    `${alias} points to version ${target}. CloudFormation does not know this: read "Roll back" in docs/deployment.md before the next cdk deploy.`,
  );
  return true;
}
