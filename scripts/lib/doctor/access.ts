import { paginateListSubscriptionsByTopic } from '@aws-sdk/client-sns';
import type { Stage } from '../../../lib/stages.ts';
import type { StackOutputs } from '../aws/stack-outputs.ts';
import { type Finding, ok, warn } from '../findings/finding.ts';
import { readKey, readNames, stageKeysOf } from '../keys/stage-keys.ts';
import { readUsage } from '../keys/usage.ts';
import type { DoctorClients } from './clients.ts';

/** How many API keys there are, never their values, and whose quota of today is used up. */
export async function countKeys(
  { gateway }: DoctorClients,
  { name: stage, settings }: Stage,
  outputs: StackOutputs,
  now: Date,
): Promise<Finding> {
  if (outputs.auth !== 'api-key')
    return ok(`none: the API requires ${outputs.auth === 'off' ? 'nothing' : outputs.auth}`);
  const stageKeys = stageKeysOf(gateway, stage, outputs);
  const names = await readNames(stageKeys);
  let enabled = 0;
  // One after the other: API Gateway allows an account ten calls a second.
  for (const key of names) if ((await readKey(stageKeys, key)).isEnabled) enabled += 1;
  const found = `${enabled} enabled, ${names.length - enabled} disabled, with the one of the smoke test`;
  const { auth } = settings;
  if (auth === 'off' || auth.kind !== 'api-key' || auth.requestsPerDay === 'off') return ok(found);
  const usage = await readUsage(stageKeys, now.toISOString().slice(0, 10));
  const exhausted = names.filter(({ id }) => (usage.get(id)?.left ?? 1) <= 0).map(({ name }) => name);
  if (exhausted.length === 0) return ok(`${found}; each has requests left today`);
  return warn(
    `${found}; no requests left today: ${exhausted.join(', ')}`,
    `npm run keys -- --stage ${stage} shows the use of each. auth.requestsPerDay in cdk.json is the limit.`,
  );
}

/** Whether somebody gets the alarms. An address has to confirm that it wants them. */
export async function countAlerted(
  clients: DoctorClients,
  { alertsTopicArn }: StackOutputs,
): Promise<Finding> {
  if (alertsTopicArn === undefined)
    return warn('unknown: the template of the stack is too old', 'Deploy the stage again.');
  return countSubscribers(clients, alertsTopicArn, 'Nobody learns of an alarm.');
}

/** Whether somebody is paged, in a stage that pages. */
export async function countPaged(
  clients: DoctorClients,
  { settings }: Stage,
  { pagingTopicArn }: StackOutputs,
): Promise<Finding> {
  if (pagingTopicArn !== undefined)
    return countSubscribers(clients, pagingTopicArn, 'Nobody is paged in an outage.');
  return settings.paging
    ? warn('unknown: the stack has no topic for pages', 'Deploy the stage again.')
    : ok('the stage pages nobody (paging)');
}

async function countSubscribers(
  { sns }: DoctorClients,
  topicArn: string,
  ifNobody: string,
): Promise<Finding> {
  let confirmed = 0;
  let pending = 0;
  for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic(
    { client: sns },
    { TopicArn: topicArn },
  )) {
    for (const { SubscriptionArn } of Subscriptions) {
      if (SubscriptionArn === 'PendingConfirmation') pending += 1;
      // The other value that is not an ARN: one that was deleted stays in the list for some days.
      else if (SubscriptionArn?.startsWith('arn:')) confirmed += 1;
    }
  }
  const subscribers = `${confirmed} subscriber${confirmed === 1 ? '' : 's'}`;
  const found = `${subscribers}${pending === 0 ? '' : `, and ${pending} that have not confirmed`}`;
  if (confirmed === 0)
    return warn(found, `${ifNobody} Set notificationEmails in cdk.json, and confirm the mail.`);
  return pending === 0
    ? ok(found)
    : warn(found, 'Click the link in the mail "AWS Notification - Subscription Confirmation".');
}
