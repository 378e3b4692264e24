import type { Settings } from '../../../settings.ts';
import type { EnvironmentFailures } from '../environment-failures.ts';
import type { ServiceMetrics } from '../metrics.ts';
import { graph, heading, type Row } from './widgets.ts';

export interface CapacityRow {
  readonly metrics: ServiceMetrics;
  readonly failures: EnvironmentFailures;
  readonly alarms: Settings['alarms'];
}

/** How many environments there are, how busy they are, and how they start and fail. */
export function capacityRow({ metrics, failures, alarms }: CapacityRow): Row {
  return [
    [
      heading('Capacity', [
        'spillover',
        'provisioned-utilization',
        'throttles',
        'failed-environments',
        'init-failures',
      ]),
    ],
    [
      graph({
        title: 'Concurrency',
        unit: 'environments',
        width: 8,
        left: [
          metrics.live('ConcurrentExecutions', 'Maximum', { label: 'Busy' }),
          metrics.live('ProvisionedConcurrentExecutions', 'Maximum', { label: 'Busy, provisioned' }),
        ],
      }),
      graph({
        title: 'Provisioned concurrency in use',
        unit: 'share',
        width: 8,
        max: 1,
        left: [metrics.live('ProvisionedConcurrencyUtilization', 'Maximum', { label: 'In use' })],
        leftAnnotations: [{ value: alarms.utilizationPercent / 100, label: 'Alarm' }],
        right: [metrics.live('ProvisionedConcurrencySpilloverInvocations', 'Sum', { label: 'Spillover' })],
        rightUnit: 'requests in 5 minutes',
      }),
      graph({
        title: 'Failed environments',
        unit: 'in 5 minutes',
        width: 8,
        left: [failures.count('FailedEnvironments'), failures.count('InitFailures')],
        leftAnnotations: [{ value: alarms.failedEnvironments, label: 'Alarm' }],
      }),
    ],
    [
      graph({
        title: 'Requests with a cold start',
        unit: 'in 5 minutes',
        width: 12,
        left: [metrics.application('coldStart', 'Sum', { label: 'Cold starts' })],
        right: [metrics.application('coldStart', 'Average', { label: 'Share of requests' })],
        rightUnit: 'share',
      }),
      graph({
        title: 'Time from process start to a warm model',
        unit: 'ms',
        width: 12,
        left: ['p50', 'Maximum'].map((statistic) =>
          metrics.application('initDuration', statistic, { label: statistic }),
        ),
      }),
    ],
  ];
}
