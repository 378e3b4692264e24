import {
  type CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DetectStackDriftCommand,
  type PropertyDifference,
  paginateDescribeStackResourceDrifts,
  type StackResourceDrift,
} from '@aws-sdk/client-cloudformation';
import { type Finding, fail, type NamedFinding, ok, warn } from '../findings/finding.ts';
import { poll } from '../system/wait.ts';
import { isExpected } from './expected.ts';
import { isCompletedPolicy } from './resource-policy.ts';

export interface DriftQuestion {
  readonly stack: string;
  /** Whether the stage scales by a schedule. */
  readonly isScheduled: boolean;
  /** Milliseconds between two checks of the detection. @default 5000 */
  readonly pauseMs?: number;
}

/**
 * Compares the resources of a CloudFormation stack with its template.
 *
 * @returns a finding for each resource that someone changed, one for each that could not be read, and one for
 * all others.
 * @throws Error if CloudFormation does not finish within 10 minutes.
 */
export async function findDrift(
  client: CloudFormationClient,
  { stack, isScheduled, pauseMs = 5000 }: DriftQuestion,
): Promise<NamedFinding[]> {
  const { StackDriftDetectionId } = await client.send(new DetectStackDriftCommand({ StackName: stack }));
  await poll('the end of the drift detection', pauseMs, async () => {
    const status = await client.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }));
    // A detection that failed still has results for the resources that it could read.
    return status.DetectionStatus === 'DETECTION_IN_PROGRESS' ? undefined : status;
  });
  return readDrift(client, { stack, isScheduled });
}

/** What the last detection found, as {@link findDrift} does, without a new one. */
export async function readDrift(
  client: CloudFormationClient,
  { stack, isScheduled }: Omit<DriftQuestion, 'pauseMs'>,
): Promise<NamedFinding[]> {
  const findings: NamedFinding[] = [];
  let same = 0;
  for await (const page of paginateDescribeStackResourceDrifts({ client }, { StackName: stack })) {
    for (const resource of page.StackResourceDrifts ?? []) {
      const finding = changeOf(resource, isScheduled);
      if (finding) findings.push({ name: resource.LogicalResourceId ?? 'unknown', ...finding });
      else same += 1;
    }
  }
  return [...findings, { name: stack, ...ok(`${same} resources are as in the template`) }];
}

const REVERT = 'Change it back, or put the change into the code and deploy.';

/** What is wrong with a resource; undefined if nothing is. */
function changeOf(resource: StackResourceDrift, isScheduled: boolean): Finding | undefined {
  const { ResourceType = 'a resource', StackResourceDriftStatus: status, DriftStatusReason } = resource;
  if (status === 'DELETED') return fail(`${ResourceType} was deleted`, REVERT);
  if (status === 'UNKNOWN') {
    return warn(
      `${ResourceType} could not be read: ${DriftStatusReason?.split('\n')[0] ?? 'no reason given'}`,
      'The role needs the read permissions in docs/deployment.md, "Drift".',
    );
  }
  if (status !== 'MODIFIED') return undefined;
  const differences = (resource.PropertyDifferences ?? []).filter(
    (difference) =>
      !isExpected(ResourceType, difference.PropertyPath ?? '', { isScheduled }) &&
      !isCompletedPolicy(ResourceType, difference),
  );
  return differences.length === 0
    ? undefined
    : fail(`${ResourceType} was changed: ${differences.map(describe).join('; ')}`, REVERT);
}

const MOST_CHARACTERS = 100;

function describe({ PropertyPath, ExpectedValue, ActualValue }: PropertyDifference): string {
  const short = (value: string | undefined) => (value ?? 'nothing').slice(0, MOST_CHARACTERS);
  return `${PropertyPath} expected ${short(ExpectedValue)}, got ${short(ActualValue)}`;
}
