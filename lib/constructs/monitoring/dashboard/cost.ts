import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { firstTierUsd, type PriceName, readPrices } from '../../../prices.ts';
import type { Settings } from '../../../settings.ts';
import type { MonitoredApi, ServiceMetrics } from '../metrics.ts';

import { graph, heading, type Row } from './widgets.ts';

const PERIOD = Duration.hours(1);
const BYTES_PER_GB = 1e9;
const PRICES = readPrices();

/** Lambda's prices per GB-second by architecture: on demand, provisioned and in use, provisioned. */
const COMPUTE = {
  x86_64: ['lambdaDurationX86', 'provisionedDurationX86', 'provisionedX86'],
  arm64: ['lambdaDurationArm', 'provisionedDurationArm', 'provisionedArm'],
} as const satisfies Record<Settings['architecture'], readonly [PriceName, PriceName, PriceName]>;

export interface CostRow {
  readonly metrics: ServiceMetrics;
  readonly log: ILogGroup;
  readonly api: MonitoredApi;
  readonly settings: Pick<Settings, 'architecture' | 'memoryMiB' | 'coldStart' | 'waf'>;
}

/** The cost of the traffic: list prices times live metrics. */
export function costRow(row: CostRow): Row {
  const { region, checkedOn } = PRICES;
  const parts = costs(row);
  return [
    [heading('Cost')],
    [
      graph({
        title: 'Per million predictions',
        unit: 'USD',
        width: 9,
        left: [perMillion(row, parts)],
      }),
      graph({
        title: 'By service',
        unit: 'USD an hour',
        width: 9,
        stacked: true,
        left: parts.map(({ label, microUsd, usingMetrics }) =>
          hourly(label, `(${microUsd}) / 1000000`, usingMetrics),
        ),
      }),
      new TextWidget({
        width: 6,
        height: 6,
        markdown: [
          `List prices of ${region}, checked on ${checkedOn}, first tier, without free tier and taxes: \`lib/prices.json\`.`,
          'Included: Lambda requests, duration and provisioned concurrency, API Gateway and firewall requests, log ingestion.',
          'Not included: fixed costs (firewall rules, alarms, this dashboard), SnapStart, traces, data transfer out, log storage.',
        ].join('\n\n'),
      }),
    ],
  ];
}

interface Cost {
  readonly label: string;
  /** In millionths of a dollar per hour, so that no number needs an exponent. */
  readonly microUsd: string;
  readonly usingMetrics: Readonly<Record<string, IMetric>>;
}

/** Costs per hour. An hour without requests still pays for provisioned concurrency. */
function costs({ metrics, log, api, settings }: CostRow): readonly Cost[] {
  const sum = (name: string) => metrics.live(name, 'Sum', { period: PERIOD });
  const requests = metrics.gateway('Count', 'Sum', { period: PERIOD });
  return [
    { label: 'Lambda', ...lambda(metrics, settings, sum) },
    {
      label: 'API Gateway',
      microUsd: `FILL(requests, 0) * ${micro('restApiRequest')}`,
      usingMetrics: { requests },
    },
    ...(settings.waf === 'off'
      ? []
      : [
          {
            label: 'Firewall',
            microUsd: `FILL(requests, 0) * ${micro('wafRequest')}`,
            usingMetrics: { requests },
          },
        ]),
    {
      label: 'Logs',
      microUsd: `(FILL(serviceLog, 0) + FILL(accessLog, 0)) * ${micro('logsIngested', BYTES_PER_GB)}`,
      usingMetrics: { serviceLog: ingested(log), accessLog: ingested(api.accessLog) },
    },
  ];
}

function lambda(
  metrics: ServiceMetrics,
  { architecture, memoryMiB, coldStart }: CostRow['settings'],
  sum: (name: string) => Metric,
): Omit<Cost, 'label'> {
  const [onDemand, warm, kept] = COMPUTE[architecture];
  const gb = memoryMiB / 1024;
  const gbSeconds = `FILL(duration, 0) / 1000 * ${gb}`;
  const invoked = `FILL(invocations, 0) * ${micro('lambdaRequest')}`;
  const base = { duration: sum('Duration'), invocations: sum('Invocations') };
  if (coldStart.kind !== 'provisioned') {
    return { microUsd: `${gbSeconds} * ${micro(onDemand)} + ${invoked}`, usingMetrics: base };
  }
  // Lambda has no metric for the number of warm environments, but for the busy ones and for the utilisation.
  const environments = `IF(FILL(utilization, 0) > 0, FILL(warmBusy, 0) / FILL(utilization, 1), ${coldStart.min})`;
  const warmShare = 'FILL(warmInvocations, 0) / FILL(invocations, 1)';
  const duration = `${gbSeconds} * (${micro(onDemand)} - ${warmShare} * ${round(micro(onDemand) - micro(warm))})`;
  const keeping = `${environments} * ${PERIOD.toSeconds()} * ${gb} * ${micro(kept)}`;
  return {
    microUsd: `${duration} + ${invoked} + ${keeping}`,
    usingMetrics: {
      ...base,
      warmInvocations: sum('ProvisionedConcurrencyInvocations'),
      warmBusy: metrics.live('ProvisionedConcurrentExecutions', 'Maximum', { period: PERIOD }),
      utilization: metrics.live('ProvisionedConcurrencyUtilization', 'Maximum', { period: PERIOD }),
    },
  };
}

/** Millionths of a dollar per prediction equal dollars per million predictions. */
function perMillion({ metrics }: CostRow, parts: readonly Cost[]): MathExpression {
  const total = parts.map(({ microUsd }) => `(${microUsd})`).join(' + ');
  return hourly('USD', `(${total}) / predictions`, {
    ...Object.assign({}, ...parts.map(({ usingMetrics }) => usingMetrics)),
    predictions: metrics.application('predictions', 'Sum', { period: PERIOD }),
  });
}

function hourly(label: string, expression: string, usingMetrics: Cost['usingMetrics']): MathExpression {
  return new MathExpression({ label, expression, period: PERIOD, usingMetrics: { ...usingMetrics } });
}

/** Bytes that CloudWatch Logs ingested. */
function ingested(logGroup: ILogGroup): Metric {
  return new Metric({
    namespace: 'AWS/Logs',
    metricName: 'IncomingBytes',
    dimensionsMap: { LogGroupName: logGroup.logGroupName },
    statistic: 'Sum',
    period: PERIOD,
  });
}

/** A price in millionths of a dollar, at its first tier. */
function micro(name: PriceName, per = 1): number {
  return round((firstTierUsd(PRICES, name) * 1e6) / per);
}

/** Rounds away the error of binary fractions. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}
