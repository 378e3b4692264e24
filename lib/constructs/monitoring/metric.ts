import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';

export type Options = Pick<MetricOptions, 'period' | 'label' | 'color'>;

/** A metric of five minutes, unless the options name another period. */
export function metric(
  namespace: string,
  metricName: string,
  statistic: string,
  options: Options,
  dimensionsMap: Record<string, string>,
): Metric {
  return new Metric({
    namespace,
    metricName,
    statistic,
    dimensionsMap,
    period: Duration.minutes(5),
    ...options,
  });
}
