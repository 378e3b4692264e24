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
    const { stackName } = Stack.of(this);
    // The policy that requires TLS replaces the default one, which allowed the account's alarms to publish.
    this.accept('cloudwatch.amazonaws.com', { service: 'cloudwatch', resource: 'alarm:*' });
    this.accept('events.amazonaws.com', { service: 'events', resource: `rule/${stackName}-*` });
    for (const email of settings.notificationEmails) this.topic.addSubscription(new EmailSubscription(email));
    for (const subscriber of settings.notificationUrls) {
      if (receives(subscriber, notices)) this.topic.addSubscription(new UrlSubscription(subscriber.url));
    }
  }

  /** Lets a service publish for this account; for some of its resources only, if `source` is given. */
  accept(principal: string, source?: Source): void {
    const { account, partition, region } = Stack.of(this);
    const arn = source && `arn:${partition}:${source.service}:${region}:${account}:${source.resource}`;
    this.topic.grantPublish(
      new ServicePrincipal(principal, {
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ...(arn === undefined ? {} : { ArnLike: { 'aws:SourceArn': arn } }),
        },
      }),
    );
  }
}

/** The ARN of the resource that a service publishes for, by its parts. */
interface Source {
  readonly service: string;
  readonly resource: string;
}
