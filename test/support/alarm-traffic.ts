import type { Samples } from '../../scripts/lib/cloudwatch/template-alarms.ts';

/** What happens in a minute. */
export interface Minute {
  /** Requests to POST /predict that pass the firewall and the limits. */
  readonly requests: number;
  /** Of these, answered with 500 by the service. @default 0 */
  readonly failed?: number;
  /** Of these, ended by a crash or timeout of the function. @default 0 */
  readonly crashed?: number;
  /** Of these, refused by Lambda for lack of concurrency. @default 0 */
  readonly throttled?: number;
  /** Requests that the gateway's limits or the firewall refuse. @default 0 */
  readonly refused?: number;
  /** @default 50 */
  readonly latencyMs?: number;
  /** Of each image. @default 0.9 */
  readonly topProbability?: number;
  /** @default 60 */
  readonly cpuPercent?: number;
  /** @default 30 */
  readonly memoryPercent?: number;
  /** Requests that found no warm environment. @default 0 */
  readonly spillover?: number;
  /** Share of the warm environments that are busy. @default 0.3 */
  readonly utilization?: number;
  /** Execution environments that cannot start. @default 0 */
  readonly failedStarts?: number;
  /** Whether the service writes its own metrics. @default true */
  readonly writesMetrics?: boolean;
}

export interface Traffic {
  readonly stage: string;
  /** Undefined: no request at all. */
  readonly at: (minute: number) => Minute | undefined;
  /** What the probe finds, or undefined if it does not run. @default true */
  readonly ready?: (minute: number) => boolean | undefined;
  /** Further metrics. */
  readonly others?: Samples;
}

const times = (count: number, value: number): number[] => Array.from({ length: count }, () => value);

/** The data points that a stage's metrics get from its traffic. */
export function samplesOf({ stage, at, ready = () => true, others }: Traffic): Samples {
  return (metric, minute) => {
    if (metric === 'ImageClassification ProbeSuccess') {
      const found = ready(minute);
      return found === undefined ? undefined : [found ? 1 : 0];
    }
    const now = at(minute);
    return (now && measured(metric, now, `ImageClassification/${stage}`)) ?? others?.(metric, minute);
  };
}

function measured(metric: string, now: Minute, logs: string): readonly number[] | undefined {
  const { requests, failed = 0, crashed = 0, throttled = 0, refused = 0, failedStarts = 0 } = now;
  const invocations = requests - throttled;
  const answered = now.writesMetrics === false ? 0 : invocations - crashed;
  const classified = Math.max(0, answered - failed);
  const { topProbability = 0.9 } = now;
  // A filter with the default value 0 reports it for a minute in which its log group gets other lines.
  const accessLog = (count: number) => (requests + refused > 0 ? [count] : undefined);
  const functionLog = (count: number) => (count > 0 ? [count] : undefined);
  const lambda = (count: number) => (invocations > 0 ? [count] : undefined);
  switch (metric) {
    case `${logs} Requests`:
      return accessLog(requests);
    case `${logs} FailedRequests`:
      return accessLog(failed + crashed + throttled);
    case `${logs} RefusedRequests`:
      return accessLog(refused);
    case `${logs} MetricLines`:
      // Lambda writes lines of its own for every invocation.
      return invocations > 0 ? [answered] : undefined;
    case `${logs} InitFailures`:
      return functionLog(failedStarts);
    case `${logs} FailedEnvironments`:
      return functionLog(failedStarts + crashed);
    case 'AWS/Lambda Invocations':
    case 'AWS/Lambda ProvisionedConcurrencyInvocations':
      return lambda(invocations);
    case 'AWS/Lambda Errors':
      return lambda(crashed);
    case 'AWS/Lambda Throttles':
      return throttled > 0 ? [throttled] : lambda(0);
    case 'AWS/Lambda ProvisionedConcurrencySpilloverInvocations':
      return now.spillover ? [now.spillover] : undefined;
    case 'AWS/Lambda ProvisionedConcurrencyUtilization':
      return lambda(now.utilization ?? 0.3);
    case 'AWS/ApiGateway Latency':
      return times(requests, now.latencyMs ?? 50);
    case 'ImageClassification CpuUtilization':
      return times(answered, now.cpuPercent ?? 60);
    case 'ImageClassification MemoryUtilization':
      return times(answered, now.memoryPercent ?? 30);
    case 'ImageClassification LowConfidence':
      return times(classified, topProbability < 0.3 ? 1 : 0);
    default:
      return undefined;
  }
}
