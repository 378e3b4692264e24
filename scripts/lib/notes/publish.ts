import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { explainAwsError } from '../aws/explain-error.ts';
import { type NamedFinding, ok, warn } from '../findings/finding.ts';
import type { DeliveryRecord } from '../record/record.ts';
import { noteOf } from './message.ts';

/**
 * Tells the subscribers of a stage's alerts how a deployment or a rollback ended. A note that cannot be sent is a warning:
 * it changes nothing of what it tells.
 *
 * @param topicArn of the alerts. Undefined if the stage has no stack.
 */
export async function publishNote(
  client: SNSClient,
  topicArn: string | undefined,
  record: DeliveryRecord,
): Promise<NamedFinding> {
  const name = 'note';
  if (topicArn === undefined) {
    return {
      name,
      ...warn('not sent: the stage has no topic of alerts yet', 'The next deployment sends one.'),
    };
  }
  const { subject, message } = noteOf(record);
  try {
    await client.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: subject,
        MessageStructure: 'json',
        Message: JSON.stringify(message),
      }),
    );
    return { name, ...ok('sent to those who receive alerts') };
  } catch (error) {
    const advice = 'With a pipeline, deploy it again after a change of deploymentNotes: docs/deployment.md.';
    return { name, ...warn(`not sent: ${explainAwsError(error)}`, advice) };
  }
}
