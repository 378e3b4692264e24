import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  BatchGetDeploymentsCommand,
  type DeploymentInfo,
  ListDeploymentsCommand,
} from '@aws-sdk/client-codedeploy';
import type { Stage } from '../../../lib/stages.ts';
import type { StackOutputs } from '../aws/stack-outputs.ts';
import { readDrift } from '../drift/drift.ts';
import { isScheduled } from '../drift/expected.ts';
import { type NamedFinding, ok, warn } from '../findings/finding.ts';
import type { DoctorClients } from './clients.ts';

/** How many of the last deployments are shown. */
const SHOWN = 5;
const LAST_DAYS = 30;
const DAY_MS = 86_400_000;
/** The most that CodeDeploy describes at once. */
const BATCH = 25;

/** How the last deployments ended. */
export async function findDeployments(
  { codeDeploy }: DoctorClients,
  { deployment, stack }: StackOutputs,
  now: Date,
): Promise<readonly NamedFinding[]> {
  const name = 'deployments';
  if (deployment === undefined) {
    const when = timeOf(stack.updated);
    return [{ name, ...ok(`without CodeDeploy; the last update of ${stack.name} began ${when}`) }];
  }
  const { deployments: ids = [] } = await codeDeploy.send(
    new ListDeploymentsCommand({
      applicationName: deployment.application,
      deploymentGroupName: deployment.group,
      createTimeRange: { start: new Date(now.getTime() - LAST_DAYS * DAY_MS) },
    }),
  );
  if (ids.length === 0) return [{ name, ...ok(`none in the last ${LAST_DAYS} days`) }];
  // CodeDeploy does not promise an order.
  const batches = Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, index) =>
    ids.slice(index * BATCH, (index + 1) * BATCH),
  );
  const described = await Promise.all(
    batches.map((deploymentIds) => codeDeploy.send(new BatchGetDeploymentsCommand({ deploymentIds }))),
  );
  const [newest, ...older] = described
    .flatMap(({ deploymentsInfo = [] }) => deploymentsInfo)
    .toSorted((one, other) => (other.createTime?.getTime() ?? 0) - (one.createTime?.getTime() ?? 0))
    .slice(0, SHOWN);
  if (newest === undefined) return [{ name, ...ok('none that can be read') }];
  const earlier = older.map(describe).join('; ');
  return [{ name, ...judge(newest) }, ...(earlier === '' ? [] : [{ name: 'before', ...ok(earlier) }])];
}

function judge(info: DeploymentInfo) {
  const { status, errorInformation, rollbackInfo } = info;
  const reason = errorInformation?.message?.split('\n')[0];
  const found = `${describe(info)}${reason === undefined ? '' : `: ${reason}`}`;
  if (status !== 'Failed' && status !== 'Stopped') return ok(found);
  const back = rollbackInfo?.rollbackDeploymentId;
  return warn(
    back === undefined ? found : `${found} (rolled back by ${back})`,
    'docs/runbooks/deployment-failed.md',
  );
}

const describe = ({ deploymentId, status, createTime }: DeploymentInfo): string =>
  `${deploymentId} ${status ?? 'unknown'} ${timeOf(createTime)}`;

/** To the minute, in UTC. */
const timeOf = (date: Date | undefined): string =>
  date === undefined ? 'at an unknown time' : `${date.toISOString().slice(0, 16).replace('T', ' ')}Z`;

/** After this long, the result of a drift detection says little. */
const OLD_DAYS = 7;

/** What the last drift detection found. Does not start one, which takes minutes. */
export async function findLastDrift(
  { cloudFormation }: DoctorClients,
  { name: stage, settings }: Stage,
  { stack }: StackOutputs,
  now: Date,
): Promise<readonly NamedFinding[]> {
  const name = 'drift';
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack.name }));
  const { StackDriftStatus: status, LastCheckTimestamp: checked } = Stacks?.[0]?.DriftInformation ?? {};
  const look = `npm run drift -- --stage ${stage}`;
  if (checked === undefined || status === 'NOT_CHECKED') return [{ name, ...warn('never looked for', look) }];
  const when = `looked for ${timeOf(checked)}`;
  if (now.getTime() - checked.getTime() > OLD_DAYS * DAY_MS) return [{ name, ...warn(when, look) }];
  if (status === 'IN_SYNC') return [{ name, ...ok(`none, ${when}`) }];
  const found = await readDrift(cloudFormation, { stack: stack.name, isScheduled: isScheduled(settings) });
  return found.map((finding) => ({
    ...finding,
    name,
    found: `${finding.status === 'ok' ? '' : `${finding.name}: `}${finding.found}, ${when}`,
  }));
}
