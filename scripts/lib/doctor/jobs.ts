import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { type ExecutionStatus, paginateListExecutions } from '@aws-sdk/client-sfn';
import type { Stage } from '../../../lib/stages.ts';
import type { StackOutputs } from '../aws/stack-outputs.ts';
import { type Finding, ok, warn } from '../findings/finding.ts';
import type { DoctorClients } from './clients.ts';

const DAY_MS = 86_400_000;

/** The state machine of jobs. Undefined if the stage has none. */
export async function findJobsMachine(
  { cloudFormation }: DoctorClients,
  { stack }: StackOutputs,
): Promise<string | undefined> {
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack.name }));
  return Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'JobsStateMachineArn')?.OutputValue;
}

/** The jobs that run, and those that failed in the last day. */
export async function checkFailedJobs(
  { sfn }: DoctorClients,
  { settings }: Stage,
  machine: string | undefined,
  now: Date,
): Promise<Finding> {
  if (settings.jobs === 'off') return ok('no jobs');
  if (machine === undefined)
    return warn('unknown: the stack has no state machine', 'Deploy the stage again.');
  const count = (status: ExecutionStatus) =>
    countSince(sfn, machine, status, new Date(now.getTime() - DAY_MS));
  const [running, failed, timedOut] = await Promise.all([
    count('RUNNING'),
    count('FAILED'),
    count('TIMED_OUT'),
  ]);
  const found = `${running} running; in the last day ${failed} failed, and ${timedOut} took too long`;
  return failed + timedOut === 0 ? ok(found) : warn(found, 'docs/runbooks/job-failed.md');
}

/** Those that ended after `since`, or have not ended. Step Functions lists those that began last first. */
async function countSince(
  client: DoctorClients['sfn'],
  stateMachineArn: string,
  statusFilter: ExecutionStatus,
  since: Date,
): Promise<number> {
  let count = 0;
  for await (const { executions = [] } of paginateListExecutions(
    { client, pageSize: 100 },
    { stateMachineArn, statusFilter },
  )) {
    count += executions.filter(({ stopDate }) => stopDate === undefined || stopDate >= since).length;
  }
  return count;
}
