import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { type Notices, receives } from '../../settings/subscribers.ts';
import type { Settings } from '../../settings.ts';

export interface NotificationTopicProps {
  /** Sender name of e-mails and prefix of text messages. */
  readonly displayName: string;
  readonly notices: Notices;
  readonly settings: Pick<Settings, 'notificationEmails' | 'notificationUrls'>;
}

/**
 * A topic that the CloudWatch alarms and the EventBridge rules of this stage publish to, over TLS only.
 *
 * It has no KMS key of its own. Messages contain only names and numbers of metrics, SNS encrypts its disks
 * anyway, and alarms cannot use the key that SNS manages: docs/adr/0011.
 */
export class NotificationTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { displayName, notices, settings }: NotificationTopicProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { displayName, enforceSSL: true });
    const { region, stackName } = Stack.of(this);
    // The policy that requires TLS replaces the default one, which allowed the account's alarms to publish.
    this.accept('cloudwatch.amazonaws.com', `cloudwatch:${region}`, 'alarm:*');
    this.accept('events.amazonaws.com', `events:${region}`, `rule/${stackName}-*`);
    for (const email of settings.notificationEmails) this.topic.addSubscription(new EmailSubscription(email));
    for (const subscriber of settings.notificationUrls) {
      if (receives(subscriber, notices)) this.topic.addSubscription(new UrlSubscription(subscriber.url));
    }
  }

  /** Lets a service publish for resources of this account. @param source of their ARN: `cloudwatch:eu-west-1` */
  accept(service: string, source: string, resource: string): void {
    const { account, partition } = Stack.of(this);
    this.topic.grantPublish(
      new ServicePrincipal(service, {
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': `arn:${partition}:${source}:${account}:${resource}` },
        },
      }),
    );
  }
}
