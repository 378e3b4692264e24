import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface NotificationTopicProps {
  /** Sender name of e-mails and prefix of text messages. */
  readonly displayName: string;
  readonly emails: readonly string[];
}

/**
 * A topic that the CloudWatch alarms of this account publish to, over TLS only.
 *
 * It has no KMS key of its own. Messages contain only names and numbers of metrics, SNS encrypts its disks
 * anyway, and alarms cannot use the key that SNS manages: docs/adr/0011.
 */
export class NotificationTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { displayName, emails }: NotificationTopicProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { displayName, enforceSSL: true });
    const { account, region, partition } = Stack.of(this);
    // The policy that requires TLS replaces the default one, which allowed the account's alarms to publish.
    this.topic.grantPublish(
      new ServicePrincipal('cloudwatch.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudwatch:${region}:${account}:alarm:*` },
        },
      }),
    );
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
  }
}
