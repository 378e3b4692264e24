import { Stack } from 'aws-cdk-lib';
import { type Alarm, type AlarmBase, AlarmRule, AlarmState } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Settings } from '../../settings.ts';
import { compositeAlarm, thresholdAlarm } from './alarm.ts';
import { AvailabilityAlarms } from './burn-rate.ts';
import type { ServiceMetrics } from './metrics.ts';
import { NotificationTopic } from './notifications.ts';
import { undelivered } from './upkeep-alarms.ts';

export interface PagingProps {
  readonly metrics: ServiceMetrics;
  readonly settings: Pick<Settings, 'alarms' | 'notificationEmails' | 'notificationUrls'>;
  /** Undefined without a probe. */
  readonly serviceDown: Alarm | undefined;
  /** Receives each burn-rate alarm separately. */
  readonly alerts: ITopic;
}

/**
 * One alarm that is on while callers are affected, with its own topic. Alarms on causes (CPU, crashes,
 * throttles) page nobody, so that an outage sends one page, and problems that do not affect callers can wait
 * for the morning.
 */
export class Paging extends Construct {
  readonly topic: ITopic;
  readonly all: readonly AlarmBase[];

  constructor(scope: Construct, id: string, { metrics, settings, serviceDown, alerts }: PagingProps) {
    super(scope, id);
    const { topic } = new NotificationTopic(this, 'Topic', {
      displayName: `${Stack.of(this).stackName} page`,
      notices: 'pages',
      settings,
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
        means: 'Callers are affected: the service is down, or errors use up the error budget too fast.',
        when: AlarmRule.anyOf(...symptoms.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
      },
      topic,
    );
    this.topic = topic;
    const lost = thresholdAlarm(this, undelivered('pages-undelivered', topic), alerts);
    this.all = [page, ...budget.all, lost];
  }
}
