import type { PriceBook } from '../../../lib/prices.ts';
import {
  type Bill,
  billOf,
  type Charge,
  charge,
  DAYS_PER_MONTH,
  GB,
  HOURS_PER_MONTH,
  requestsPerMonth,
  SECONDS_PER_MONTH,
  type Traffic,
} from './bill.ts';
import { captureCharges, type Sample } from './captures.ts';
import type { DurationModel } from './durations.ts';
import { functionCharges, type LambdaFunction } from './function.ts';
import { standingJobCharges } from './jobs/standing.ts';
import {
  BYTES,
  CUSTOM_METRICS,
  DAILY_METRICS,
  IMAGE_GB,
  IMAGES_KEPT,
  METRICS_PER_METHOD,
} from './volumes.ts';

/** A deployed stage: the function and what surrounds it. */
export interface Deployment extends LambdaFunction, Surroundings {
  /** The images that it captures. */
  readonly sample: Sample | 'off';
  readonly secrets: number;
  /** Whether it takes jobs. */
  readonly jobs: boolean;
}

export function deploymentBill(
  book: PriceBook,
  deployment: Deployment,
  traffic: Traffic,
  durations: DurationModel,
): Bill {
  return billOf(
    [
      ...functionCharges(book, deployment, traffic, durations),
      ...gatewayCharges(book, deployment, traffic),
      ...observabilityCharges(book, deployment, traffic),
      ...qualityCharges(book, deployment, traffic),
      ...registryCharges(book),
      ...captureCharges(book, deployment, deployment.sample, traffic),
      ...standingJobCharges(book, deployment),
    ],
    traffic,
  );
}

/** What surrounds the function. */
export interface Surroundings {
  readonly wafRules: number | 'off';
  readonly tracing: boolean;
  /** Requests of the scheduled probe in a month. They pass the gateway and are logged. */
  readonly probesPerMonth: number;
  readonly logRetentionDays: number;
  /** Metrics that alarms read. AWS bills an alarm on an expression for each metric in it. */
  readonly alarmMetrics: number;
  readonly compositeAlarms: number;
  readonly dashboards: number;
  /** Metrics that are counted from logs at all times. */
  readonly logMetrics: number;
  /** Whether the function's log is queried once a day. */
  readonly qualityWatch: boolean;
}

/**
 * X-Ray's default sampling rule: one request a second, and 5 % of the others. docs.aws.amazon.com/xray,
 * "Sampling".
 */
const SAMPLED_PER_SECOND = 1;
const SAMPLED_SHARE = 0.05;

/** REST API, data out and firewall. Every request is billed, also refused ones and probes. */
export function gatewayCharges(
  book: PriceBook,
  { wafRules, probesPerMonth }: Pick<Surroundings, 'wafRules' | 'probesPerMonth'>,
  traffic: Traffic,
): Charge[] {
  const requests = requestsPerMonth(traffic) + probesPerMonth;
  return [
    charge(book, 'gateway', 'API Gateway requests', 'restApiRequest', requests),
    charge(book, 'gateway', 'Data out', 'dataOut', (requests * BYTES.response) / GB),
    ...(wafRules === 'off'
      ? []
      : [
          charge(book, 'firewall', 'WAF web ACL', 'wafAcl', 1),
          charge(book, 'firewall', 'WAF rules', 'wafRule', wafRules),
          charge(book, 'firewall', 'WAF requests', 'wafRequest', requests),
        ]),
  ];
}

/**
 * Logs, metrics, alarms, dashboard and traces. Stored logs are counted uncompressed, which is an upper bound.
 */
export function observabilityCharges(
  book: PriceBook,
  {
    tracing,
    probesPerMonth,
    logRetentionDays,
    alarmMetrics,
    compositeAlarms,
    dashboards,
    logMetrics,
  }: Omit<Surroundings, 'wafRules' | 'qualityWatch'>,
  traffic: Traffic,
): Charge[] {
  const requests = requestsPerMonth(traffic) + probesPerMonth;
  const { applicationLog, metricsLog, platformLog, accessLog } = BYTES;
  const logs = (requests * (applicationLog + metricsLog + platformLog + accessLog)) / GB;
  const methods = Number(probesPerMonth > 0) + Number(traffic.requestsPerSecond > 0);
  const observe = (...[name, price, quantity]: [string, Parameters<typeof charge>[3], number]) =>
    charge(book, 'observability', name, price, quantity);
  return [
    observe('Logs ingested', 'logsIngested', logs),
    observe('Logs stored', 'logsStored', (logs * logRetentionDays) / DAYS_PER_MONTH),
    observe('Custom metrics', 'customMetric', requests > 0 ? CUSTOM_METRICS + logMetrics : 0),
    // The probe calls one method, and clients call another.
    observe('Metrics by method', 'customMetric', methods * METRICS_PER_METHOD),
    observe('Alarms', 'alarmMetric', alarmMetrics),
    observe('Composite alarms', 'compositeAlarm', compositeAlarms),
    observe('Dashboards', 'dashboard', dashboards),
    observe('Traces', 'trace', tracing ? tracesPerMonth(traffic, probesPerMonth) : 0),
  ];
}

/**
 * The quality watch without its alarm, which is in the template. Its query reads each line of the function's
 * log once. AWS: "All custom metrics charges are prorated by the hour and metered only when you send metrics
 * to CloudWatch" (aws.amazon.com/cloudwatch/pricing), so a metric with one value a day costs an hour a day.
 */
export function qualityCharges(
  book: PriceBook,
  { qualityWatch, probesPerMonth }: Pick<Surroundings, 'qualityWatch' | 'probesPerMonth'>,
  traffic: Traffic,
): Charge[] {
  if (!qualityWatch) return [];
  const requests = requestsPerMonth(traffic) + probesPerMonth;
  const { applicationLog, metricsLog, platformLog } = BYTES;
  const scanned = (requests * (applicationLog + metricsLog + platformLog)) / GB;
  // Without images there is nothing to compare.
  const metrics = traffic.requestsPerSecond > 0 ? (DAILY_METRICS * DAYS_PER_MONTH) / HOURS_PER_MONTH : 0;
  return [
    charge(book, 'observability', 'Logs queried by the quality watch', 'logsScanned', scanned),
    charge(book, 'observability', 'Metrics of the quality watch', 'customMetric', metrics),
  ];
}

export function registryCharges(book: PriceBook): Charge[] {
  return [charge(book, 'storage', 'Images in the registry', 'registryStorage', IMAGE_GB * IMAGES_KEPT)];
}

function tracesPerMonth({ requestsPerSecond }: Traffic, probesPerMonth: number): number {
  const perSecond = requestsPerSecond + probesPerMonth / SECONDS_PER_MONTH;
  const reserved = Math.min(perSecond, SAMPLED_PER_SECOND);
  return (reserved + (perSecond - reserved) * SAMPLED_SHARE) * SECONDS_PER_MONTH;
}
