import type { Duration } from 'aws-cdk-lib';
import { MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Jobs } from '../jobs/jobs.ts';
import { metric, type Options } from './metric.ts';
import type { ServiceMetrics } from './metrics.ts';

export type MonitoredJobs = Pick<Jobs, 'machine' | 'webhooks' | 'worker'>;
export type JobMachine = 'machine' | 'webhooks';

/** The metrics of jobs that the alarms and the dashboard read. */
export class JobMetrics {
  readonly #jobs: MonitoredJobs;
  readonly #metrics: ServiceMetrics;

  constructor(jobs: MonitoredJobs, metrics: ServiceMetrics) {
    this.#jobs = jobs;
    this.#metrics = metrics;
  }

  /** A metric that the workers or the steps write. */
  application(...parameters: Parameters<ServiceMetrics['application']>): Metric {
    return this.#metrics.application(...parameters);
  }

  /** A count of Step Functions, such as `ExecutionsStarted`. */
  executions(of: JobMachine, name: string, options: Options = {}): Metric {
    return metric('AWS/States', name, 'Sum', options, {
      StateMachineArn: this.#jobs[of].machine.stateMachineArn,
    });
  }

  /** A metric of Lambda for the workers, in all their versions. */
  worker(name: string, statistic: string, options: Options = {}): Metric {
    const { functionName } = this.#jobs.worker.function;
    return metric('AWS/Lambda', name, statistic, options, { FunctionName: functionName });
  }

  /** Percentage of inputs whose result is a problem; 0 if a period has fewer inputs than `leastInputs`. */
  inputFailurePercent(period: Duration, leastInputs: number): MathExpression {
    return new MathExpression({
      expression: `IF(inputs >= ${leastInputs}, 100 * failures / inputs, 0)`,
      label: 'Failed, % of inputs',
      period,
      usingMetrics: {
        inputs: this.application('inputs', 'Sum'),
        failures: this.application('inputFailures', 'Sum'),
      },
    });
  }

  /**
   * Percentage of the calls of workers that Lambda refused, because all were busy; 0 if it refused fewer than
   * `leastRefused`. A refused call is not an invocation: docs.aws.amazon.com/lambda, "Types of metrics for Lambda
   * functions".
   */
  workerThrottlePercent(period: Duration, leastRefused: number): MathExpression {
    return new MathExpression({
      expression: `IF(throttles >= ${leastRefused}, 100 * throttles / (invocations + throttles), 0)`,
      label: 'Refused calls, % of calls',
      period,
      usingMetrics: {
        throttles: this.worker('Throttles', 'Sum'),
        invocations: this.worker('Invocations', 'Sum'),
      },
    });
  }
}
