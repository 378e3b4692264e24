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
  /** Requests that the limits or the firewall refused. */
  RefusedRequests: '{ ($.status = "429") || ($.error_type = "WAF_FILTERED") }',
} as const;

/** What the function's log counts. */
export const FUNCTION_LOG_PATTERNS = {
  /** Lines in embedded metric format. */
  MetricLines: '{ $._aws.Timestamp = * }',
} as const;

export type LogCount = keyof typeof ACCESS_LOG_PATTERNS | keyof typeof FUNCTION_LOG_PATTERNS;

export interface LogMetricsProps {
  readonly accessLog: ILogGroup;
  readonly functionLog: ILogGroup;
  readonly stageName: string;
}

/**
 * Counts what clients got, in API Gateway's access log, and what the service wrote. Each count is 0 for
 * every minute in which anything else is logged, so two counts of a log always have the same data points.
 * docs/adr/0023
 */
export class LogMetrics extends Construct {
  constructor(scope: Construct, id: string, { accessLog, functionLog, stageName }: LogMetricsProps) {
    super(scope, id);
    const count = (logGroup: ILogGroup, patterns: Readonly<Record<string, string>>) => {
      for (const [metricName, pattern] of Object.entries(patterns)) {
        new MetricFilter(this, metricName, {
          logGroup,
          filterPattern: FilterPattern.literal(pattern),
          metricNamespace: logNamespace(stageName),
          metricName,
          metricValue: '1',
          defaultValue: 0,
        });
      }
    };
    count(accessLog, ACCESS_LOG_PATTERNS);
    count(functionLog, FUNCTION_LOG_PATTERNS);
  }
}

/** The number of matching lines in a period. */
export function logCount(stageName: string, count: LogCount, period: Duration): Metric {
  return new Metric({ namespace: logNamespace(stageName), metricName: count, statistic: 'Sum', period });
}

/** The metric of a filter with a default value cannot have dimensions, so the stage is in the namespace. */
export const logNamespace = (stageName: string): string => `${METRICS_NAMESPACE}/${stageName}`;
