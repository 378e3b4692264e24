import type { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../../../lambda/telemetry/names.ts';

/**
 * What the access log counts: filter patterns for the lines of ../api/access-log.ts, whose values are all
 * strings. docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export const ACCESS_LOG_PATTERNS = {
  /** Requests that the firewall and the limits let through. A flood of refused ones cannot hide failures. */
  Requests: '{ ($.status != "429") && ($.error_type != "WAF_FILTERED") }',
  /**
   * Answers with 5xx, whoever sent them. Not counted: the 502 and 504 that the service itself sends for POST
   * /predict/url, because they mean that the server at the caller's URL failed.
   */
  FailedRequests:
    '{ ($.status = "5*") && (($.resource_path != "/predict/url") || ($.error_type != "-") || (($.status != "502") && ($.status != "504"))) }',
} as const;

export type AccessLogCount = keyof typeof ACCESS_LOG_PATTERNS;
const COUNTS = Object.keys(ACCESS_LOG_PATTERNS) as AccessLogCount[];

export interface AccessLogMetricsProps {
  readonly accessLog: ILogGroup;
  readonly stageName: string;
}

/**
 * Counts what clients really got, in API Gateway's access log. Each count is 0 for every minute in which
 * anything is logged, so two of them always have the same data points. docs/adr/0023
 */
export class AccessLogMetrics extends Construct {
  constructor(scope: Construct, id: string, { accessLog, stageName }: AccessLogMetricsProps) {
    super(scope, id);
    for (const count of COUNTS) {
      new MetricFilter(this, count, {
        logGroup: accessLog,
        filterPattern: FilterPattern.literal(ACCESS_LOG_PATTERNS[count]),
        metricNamespace: logNamespace(stageName),
        metricName: count,
        metricValue: '1',
        defaultValue: 0,
      });
    }
  }
}

/** The number of matching requests in a period. */
export function accessLogCount(stageName: string, count: AccessLogCount, period: Duration): Metric {
  return new Metric({ namespace: logNamespace(stageName), metricName: count, statistic: 'Sum', period });
}

/** The metric of a filter with a default value cannot have dimensions, so the stage is in the namespace. */
export const logNamespace = (stageName: string): string => `${METRICS_NAMESPACE}/${stageName}`;
