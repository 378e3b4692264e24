import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../../../lambda/telemetry/names.ts';

/**
 * The lines that Lambda writes, as plain text, when an execution environment fails. The service's own lines
 * are JSON and begin with a brace. The patterns match only at the beginning of a line, so nothing that a
 * caller sends can match.
 *
 * Regular expressions in CloudWatch Logs support neither parentheses nor literal spaces, and a log group may
 * have five: docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html.
 */
export const FAILURE_PATTERNS = {
  /**
   * `INIT_REPORT Init Duration: … Phase: init Status: error Error Type: …`, and the same for a restored
   * snapshot.
   */
  InitFailures: '%^INIT_REPORT.+Phase:.init.+Status:.[et]|^RESTORE_REPORT.+Status:.[et]%',
  /**
   * `RequestId: … Error: Runtime exited with error: signal: killed`. Running out of memory looks the same.
   */
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

/** Counts failed starts, crashes and timeouts of execution environments in the function's log. */
export class EnvironmentFailures extends Construct {
  readonly #namespace: string;

  constructor(scope: Construct, id: string, { logGroup, stageName }: EnvironmentFailuresProps) {
    super(scope, id);
    // The metric of a text filter cannot have dimensions, so the stage is part of the namespace.
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

  /** The sum of all kinds. A failed start counts twice if a request waited for it. */
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
