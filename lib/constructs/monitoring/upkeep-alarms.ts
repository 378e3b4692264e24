import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Settings } from '../../settings.ts';
import { NONE_HAPPENED, QUIET_IS_FINE, type ThresholdAlarm } from './alarm.ts';
import type { ServiceMetrics } from './metrics.ts';

const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = ComparisonOperator;
const FIVE_MINUTES = Duration.minutes(5);

/** Fewer refused requests in five minutes do not raise the alarm. */
const LEAST_REFUSED = 100;
/** ACM renews its own certificates 45 days or more before they expire, so this is a renewal that fails. */
const RENEWAL_DAYS = 30;

/** Alarms on what surrounds the service: its clients, its certificate, and the monitoring itself. */
export function upkeepAlarms(
  metrics: ServiceMetrics,
  { alarms, domain }: Pick<Settings, 'alarms' | 'domain'>,
): ThresholdAlarm[] {
  return [
    refusedRequests(metrics, alarms),
    metricsStopped(metrics),
    ...(domain === 'off' ? [] : [certificateExpiry(domain.certificateArn)]),
  ];
}

function refusedRequests(metrics: ServiceMetrics, alarms: Settings['alarms']): ThresholdAlarm {
  return {
    name: 'refused-requests',
    means: `The limits or the firewall refused more than ${alarms.refusedPercent} % of the requests, and at least ${LEAST_REFUSED} in 5 minutes, for 15 minutes.`,
    metric: metrics.refusedPercent(FIVE_MINUTES, LEAST_REFUSED),
    is: GREATER_THAN_THRESHOLD,
    threshold: alarms.refusedPercent,
    periods: { breaching: 3, of: 3 },
    missing: QUIET_IS_FINE,
  };
}

function metricsStopped(metrics: ServiceMetrics): ThresholdAlarm {
  return {
    name: 'metrics-stopped',
    means: 'The function ran for 15 minutes, but the service wrote no metrics.',
    metric: metrics.metricLines(FIVE_MINUTES),
    is: LESS_THAN_THRESHOLD,
    threshold: 1,
    periods: { breaching: 3, of: 3 },
    missing: QUIET_IS_FINE,
  };
}

function certificateExpiry(certificateArn: string): ThresholdAlarm {
  return {
    name: 'certificate-expiry',
    means: `The certificate of the domain expires in less than ${RENEWAL_DAYS} days.`,
    metric: new Metric({
      namespace: 'AWS/CertificateManager',
      metricName: 'DaysToExpiry',
      dimensionsMap: { CertificateArn: certificateArn },
      statistic: 'Minimum',
      period: Duration.days(1),
    }),
    is: LESS_THAN_THRESHOLD,
    threshold: RENEWAL_DAYS,
    missing: {
      treat: TreatMissingData.BREACHING,
      because: 'No data counts as expired, because ACM stops the metric then.',
    },
  };
}

/** An alarm on messages of a topic that did not arrive. @param name of the alarm */
export function undelivered(name: string, topic: ITopic): ThresholdAlarm {
  return {
    name,
    runbook: 'undelivered-notifications',
    means: 'A subscriber did not receive a notification.',
    metric: topic.metricNumberOfNotificationsFailed({ statistic: 'Sum', period: FIVE_MINUTES }),
    is: GREATER_THAN_THRESHOLD,
    threshold: 0,
    missing: NONE_HAPPENED,
  };
}
