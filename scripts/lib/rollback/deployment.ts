import {
  type CodeDeployClient,
  type DeploymentInfo,
  GetDeploymentCommand,
  ListDeploymentsCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { poll } from '../system/wait.ts';

export interface DeploymentGroup {
  readonly application: string;
  readonly group: string;
}

/** The id of the deployment that is running, if any. */
export async function runningDeployment(
  codeDeploy: CodeDeployClient,
  { application, group }: DeploymentGroup,
): Promise<string | undefined> {
  const { deployments = [] } = await codeDeploy.send(
    new ListDeploymentsCommand({
      applicationName: application,
      deploymentGroupName: group,
      includeOnlyStatuses: ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'],
    }),
  );
  return deployments[0];
}

/**
 * Stops a deployment, and waits until its traffic is back on the previous version.
 *
 * @param pauseMs milliseconds between two checks.
 * @throws Error if the rollback failed, or after 10 minutes.
 */
export async function stopDeployment(
  codeDeploy: CodeDeployClient,
  deploymentId: string,
  pauseMs = 3000,
): Promise<void> {
  await codeDeploy.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true }));
  const stopped = await ended(codeDeploy, deploymentId, pauseMs);
  const rollbackId = stopped.rollbackInfo?.rollbackDeploymentId;
  // A deployment that had moved no traffic has nothing to roll back.
  if (rollbackId === undefined) return;
  const rollback = await ended(codeDeploy, rollbackId, pauseMs);
  if (rollback.status === 'Succeeded') return;
  const reason = rollback.errorInformation?.message ?? 'no reason given';
  throw new Error(`the rollback ${rollbackId} is ${rollback.status}: ${reason}`);
}

const ENDED = ['Succeeded', 'Failed', 'Stopped'];

function ended(codeDeploy: CodeDeployClient, deploymentId: string, pauseMs: number): Promise<DeploymentInfo> {
  return poll(`the end of deployment ${deploymentId}`, pauseMs, async () => {
    const { deploymentInfo } = await codeDeploy.send(new GetDeploymentCommand({ deploymentId }));
    return deploymentInfo?.status && ENDED.includes(deploymentInfo.status) ? deploymentInfo : undefined;
  });
}
