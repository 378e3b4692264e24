import { Stack } from 'aws-cdk-lib';
import { type Alarm, AlarmRule, AlarmState, type CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Settings } from '../../settings.ts';
import { compositeAlarm } from './alarm.ts';
import { AvailabilityAlarms } from './burn-rate.ts';
import type { ServiceMetrics } from './metrics.ts';
import { NotificationTopic } from './notifications.ts';

export interface PagingProps {
  readonly metrics: ServiceMetrics;
  readonly settings: Pick<Settings, 'alarms' | 'notificationEmails'>;
  /** Undefined where there is no probe. */
  readonly serviceDown: Alarm | undefined;
  /** Gets the alarms of the error budget one by one. */
  readonly alerts: ITopic;
}

/**
 * One alarm that is on for as long as callers suffer, and a topic for it alone. Causes (CPU, crashes, throttles) have
 * alarms that page nobody, so that one outage is one message; what does not hurt callers can wait for the morning.
 */
export class Paging extends Construct {
  readonly topic: ITopic;
  readonly all: readonly CompositeAlarm[];

  constructor(scope: Construct, id: string, { metrics, settings, serviceDown, alerts }: PagingProps) {
    super(scope, id);
    const { topic } = new NotificationTopic(this, 'Topic', {
      displayName: `${Stack.of(this).stackName} page`,
      emails: settings.notificationEmails,
    });
    const { availabilityPercent } = settings.alarms;
    const budget = new AvailabilityAlarms(this, 'Availability', {
      metrics,
      availabilityPercent,
      topic: alerts,
    });
    const symptoms = [...(serviceDown ? [serviceDown] : []), ...budget.urgent];
    const page = compositeAlarm(
      this,
      {
        name: 'page',
        means: 'Callers suffer: the service is down, or it fails fast enough to spend the error budget.',
        when: AlarmRule.anyOf(...symptoms.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
      },
      topic,
    );
    this.topic = topic;
    this.all = [page, ...budget.all];
  }
}
