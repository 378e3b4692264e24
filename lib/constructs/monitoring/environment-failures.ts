import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../../../lambda/telemetry/names.ts';

/**
 * What Lambda itself writes, in its text format, when an environment fails. The service's own lines are JSON and begin
 * with a brace, so a pattern that is tied to the beginning cannot be set off by what a caller sends.
 *
 * The regular expressions of CloudWatch Logs know neither parentheses nor a written space, and a log group takes five:
 * docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html.
 */
export const FAILURE_PATTERNS = {
  /** `INIT_REPORT Init Duration: … Phase: init Status: error Error Type: …`, and likewise for a restored snapshot. */
  InitFailures: '%^INIT_REPORT.+Phase:.init.+Status:.[et]|^RESTORE_REPORT.+Status:.[et]%',
  /** `RequestId: … Error: Runtime exited with error: signal: killed`, which is also how running out of memory looks. */
  Crashes: '%^RequestId:.+Error:.Runtime.exited%',
  /** `2026-01-31T12:00:00.000Z … Task timed out after 28.00 seconds` */
  Timeouts: '%^[0-9]+-.+Task.timed.out.after%',
} as const;

export type Failure = keyof typeof FAILURE_PATTERNS;
const FAILURES = Object.keys(FAILURE_PATTERNS) as Failure[];

export interface EnvironmentFailuresProps {
  readonly logGroup: ILogGroup;
  readonly stageName: string;
}

/** Counts failed starts, crashes and timeouts of execution environments from the function's log. */
export class EnvironmentFailures extends Construct {
  readonly #namespace: string;

  constructor(scope: Construct, id: string, { logGroup, stageName }: EnvironmentFailuresProps) {
    super(scope, id);
    // A filter on text can give its metric no dimensions, so the stage is part of the namespace.
    this.#namespace = `${METRICS_NAMESPACE}/${stageName}`;
    for (const failure of FAILURES) {
      new MetricFilter(this, failure, {
        logGroup,
        filterPattern: FilterPattern.literal(FAILURE_PATTERNS[failure]),
        metricNamespace: this.#namespace,
        metricName: failure,
        metricValue: '1',
      });
    }
  }

  count(failure: Failure, period = Duration.minutes(5)): Metric {
    return new Metric({ namespace: this.#namespace, metricName: failure, statistic: 'Sum', period });
  }

  /** All kinds together. A failed start that a request waited for counts twice: as the start and as the request. */
  total(period = Duration.minutes(5)): MathExpression {
    return new MathExpression({
      expression: 'FILL(initFailures, 0) + FILL(crashes, 0) + FILL(timeouts, 0)',
      label: 'Failed environments',
      period,
      usingMetrics: {
        initFailures: this.count('InitFailures'),
        crashes: this.count('Crashes'),
        timeouts: this.count('Timeouts'),
      },
    });
  }
}
