import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { type Finding, ok, warn } from '../findings/finding.ts';
import type { DoctorClients } from './clients.ts';

const DAY_SECONDS = 86_400;
/** Of the quota. Above it, a peak may soon be refused. */
const HIGH_SHARE = 0.8;

/** How near all functions of the account and region came to its quota in the last day. */
export async function checkPeak({ cloudWatch, lambda }: DoctorClients, now: Date): Promise<Finding> {
  const [{ AccountLimit }, { Datapoints = [] }] = await Promise.all([
    lambda.send(new GetAccountSettingsCommand({})),
    cloudWatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/Lambda',
        MetricName: 'ConcurrentExecutions',
        StartTime: new Date(now.getTime() - DAY_SECONDS * 1000),
        EndTime: now,
        Period: DAY_SECONDS,
        Statistics: ['Maximum'],
      }),
    ),
  ]);
  const quota = AccountLimit?.ConcurrentExecutions ?? 0;
  const peak = Math.max(0, ...Datapoints.map(({ Maximum = 0 }) => Maximum));
  const found = `at most ${peak} of the account’s ${quota} concurrent executions in the last day`;
  if (peak <= quota * HIGH_SHARE) return ok(found);
  return warn(
    found,
    'At the quota Lambda throttles, and callers get a 5xx. Ask for more in Service Quotas: Lambda, "Concurrent executions".',
  );
}
