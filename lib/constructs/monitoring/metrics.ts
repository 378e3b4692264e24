import type { Duration } from 'aws-cdk-lib';
import { MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import {
  DIMENSION,
  DRIFT_METRIC,
  JOB_METRIC,
  METRIC,
  METRICS_NAMESPACE,
  SERVICE_NAME,
} from '../../../lambda/telemetry/names.ts';
import { LIVE } from '../classifier-function.ts';
import { logCount } from './log-metrics.ts';
import { metric, type Options } from './metric.ts';

/**
 * The API, by literal names. A reference to its resources would close a dependency cycle: the API depends on
 * the alias, and the alias depends on the rollback alarms.
 */
export interface MonitoredApi {
  readonly name: string;
  readonly stageName: string;
  readonly accessLog: ILogGroup;
  /** The dimension `WebACL` of the firewall's metrics. @default no firewall */
  readonly webAclName?: string | undefined;
}

export interface MetricSource {
  readonly functionName: string;
  /** The version that a deployment moves `live` to. */
  readonly version: string;
  readonly stageName: string;
  readonly api: Pick<MonitoredApi, 'name' | 'stageName'>;
}

/** A method of the API, as API Gateway names it in its detailed metrics. */
export interface Route {
  readonly resource: string;
  readonly method: string;
}

export const PREDICT: Route = { resource: '/predict', method: 'POST' };

/** The minimum number of values for each percentile. With fewer, it would be the largest value. */
const LEAST_VALUES = { p95: 20, p99: 100 } as const;
export type Percentile = keyof typeof LEAST_VALUES;

const OWN_METRIC = { ...METRIC, ...DRIFT_METRIC, ...JOB_METRIC };

/** Every metric that the alarms and the dashboard read. */
export class ServiceMetrics {
  readonly #source: MetricSource;

  constructor(source: MetricSource) {
    this.#source = source;
  }

  /** A metric that the service, the probe, the quality watch or a job writes, in embedded metric format. */
  application(name: keyof typeof OWN_METRIC, statistic: string, options: Options = {}): Metric {
    return metric(METRICS_NAMESPACE, OWN_METRIC[name], statistic, options, {
      [DIMENSION.service]: SERVICE_NAME,
      [DIMENSION.stage]: this.#source.stageName,
    });
  }

  /** A metric of Lambda, for the requests that came through the alias. */
  live(name: string, statistic: string, options: Options = {}): Metric {
    return metric('AWS/Lambda', name, statistic, options, this.#aliasDimensions());
  }

  /** A metric of Lambda, for the requests that the alias routed to the version it moves to. */
  newVersion(name: string, statistic: string, options: Options = {}): Metric {
    const dimensions = { ...this.#aliasDimensions(), ExecutedVersion: this.#source.version };
    return metric('AWS/Lambda', name, statistic, options, dimensions);
  }

  /** A metric of API Gateway, for the whole API or for one route. */
  gateway(name: string, statistic: string, options: Options = {}, route?: Route): Metric {
    const { api } = this.#source;
    return metric('AWS/ApiGateway', name, statistic, options, {
      ApiName: api.name,
      Stage: api.stageName,
      ...(route ? { Resource: route.resource, Method: route.method } : {}),
    });
  }

  /** A metric of API Gateway, as a search expression that draws one line for each route. */
  gatewayByRoute(name: string, statistic: string, period: Duration): string {
    const { api } = this.#source;
    const schema = '{AWS/ApiGateway,ApiName,Method,Resource,Stage}';
    const terms = `ApiName="${api.name}" Stage="${api.stageName}" MetricName="${name}"`;
    return `SEARCH('${schema} ${terms}', '${statistic}', ${period.toSeconds()})`;
  }

  /**
   * Percentage of requests answered with 5xx, as the access log counts them: ./log-metrics.ts. Fewer
   * failures than `leastFailures` in a period count as none: one error among three requests at night would be
   * 33 %, but is not an incident.
   */
  serverErrorPercent(period: Duration, leastFailures: number): MathExpression {
    const { stageName } = this.#source;
    return new MathExpression({
      expression: `IF(failed >= ${leastFailures}, 100 * failed / requests, 0)`,
      label: '5xx, % of requests',
      period,
      usingMetrics: {
        failed: logCount(stageName, 'FailedRequests', period),
        requests: logCount(stageName, 'Requests', period),
      },
    });
  }

  /**
   * Percentage of the calls of the alias that Lambda could not complete: crashes, timeouts and throttles. A
   * throttled call is not an invocation: docs.aws.amazon.com/lambda, "Types of metrics for Lambda functions".
   */
  functionErrorPercent(period: Duration, leastFailures: number): MathExpression {
    const failed = '(errors + throttles)';
    return new MathExpression({
      expression: `IF(${failed} >= ${leastFailures}, 100 * ${failed} / (invocations + throttles), 0)`,
      label: 'Failed calls, % of calls',
      period,
      usingMetrics: {
        errors: this.live('Errors', 'Sum'),
        throttles: this.live('Throttles', 'Sum'),
        invocations: this.live('Invocations', 'Sum'),
      },
    });
  }

  /** Percentage of requests that the limits or the firewall refused; 0 if there are fewer than `leastRefused`. */
  refusedPercent(period: Duration, leastRefused: number): MathExpression {
    const { stageName } = this.#source;
    return new MathExpression({
      expression: `IF(refused >= ${leastRefused}, 100 * refused / (refused + requests), 0)`,
      label: 'Refused, % of requests',
      period,
      usingMetrics: {
        refused: logCount(stageName, 'RefusedRequests', period),
        requests: logCount(stageName, 'Requests', period),
      },
    });
  }

  /** Lines in embedded metric format. Lines of any other kind make it 0; without any line it has no data. */
  metricLines(period: Duration): Metric {
    return logCount(this.#source.stageName, 'MetricLines', period);
  }

  /** A percentile of a metric; 0 if a period has too few values. */
  percentile(name: Percentile, period: Duration, metricOf: (statistic: string) => Metric): MathExpression {
    return new MathExpression({
      expression: `IF(values >= ${LEAST_VALUES[name]}, slow, 0)`,
      label: name,
      period,
      usingMetrics: { values: metricOf('SampleCount'), slow: metricOf(name) },
    });
  }

  /** Percentage of images with a low top-1 probability; 0 if there are fewer than `leastImages`. */
  lowConfidencePercent(period: Duration, leastImages: number): MathExpression {
    return new MathExpression({
      expression: `IF(images >= ${leastImages}, 100 * low, 0)`,
      label: 'Low confidence, % of images',
      period,
      usingMetrics: {
        images: this.application('lowConfidence', 'SampleCount'),
        low: this.application('lowConfidence', 'Average'),
      },
    });
  }

  #aliasDimensions(): { readonly FunctionName: string; readonly Resource: string } {
    const { functionName } = this.#source;
    return { FunctionName: functionName, Resource: `${functionName}:${LIVE}` };
  }
}
