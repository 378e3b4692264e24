import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { logNamespace } from './log-metrics.ts';

/** `INIT_REPORT Init Duration: … Phase: init Status: error Error Type: …`, and the same for a snapshot. */
const FAILED_START = '^INIT_REPORT.+Phase:.init.+Status:.[et]|^RESTORE_REPORT.+Status:.[et]';
/** `RequestId: … Error: Runtime exited with error: signal: killed`. Running out of memory looks the same. */
const CRASH = '^RequestId:.+Error:.Runtime.exited';
/** `2026-01-31T12:00:00.000Z … Task timed out after 28.00 seconds` */
const TIMEOUT = '^[0-9]+-.+Task.timed.out.after';

/**
 * The lines that Lambda writes, as plain text, when an execution environment fails. The service's own lines
 * are JSON and begin with a brace. The patterns match only at the beginning of a line, so nothing that a
 * caller sends can match.
 *
 * Regular expressions in CloudWatch Logs support neither parentheses nor literal spaces, and a log group may
 * have five: docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html.
 *
 * `FailedEnvironments` counts all kinds in one metric. A sum of one metric for each kind would need data of
 * kinds that never occurred.
 */
export const FAILURE_PATTERNS = {
  InitFailures: `%${FAILED_START}%`,
  FailedEnvironments: `%${FAILED_START}|${CRASH}|${TIMEOUT}%`,
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
    this.#namespace = logNamespace(stageName);
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

  /** A failed start that a request waited for counts twice in `FailedEnvironments`. */
  count(failure: Failure, period = Duration.minutes(5)): Metric {
    return new Metric({ namespace: this.#namespace, metricName: failure, statistic: 'Sum', period });
  }
}
