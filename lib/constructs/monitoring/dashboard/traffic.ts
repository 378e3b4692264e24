import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { MonitoredApi, ServiceMetrics } from '../metrics.ts';
import { graph, heading, perSecond, query, type Row } from './widgets.ts';

const PERIOD = Duration.minutes(5);

/** Requests by route and by status. */
export function trafficRow(metrics: ServiceMetrics, api: MonitoredApi): Row {
  return [
    [heading('Traffic')],
    [
      graph({
        title: 'Requests by route',
        unit: 'requests/s',
        width: 12,
        stacked: true,
        left: [
          new MathExpression({
            expression: `${metrics.gatewayByRoute('Count', 'Sum', PERIOD)} / ${PERIOD.toSeconds()}`,
            label: '',
            period: PERIOD,
            usingMetrics: {},
          }),
        ],
      }),
      graph({
        title: 'Requests by status',
        unit: 'requests/s',
        width: 6,
        left: [
          perSecond(metrics.gateway('Count', 'Sum'), 'All'),
          perSecond(metrics.gateway('4XXError', 'Sum'), '4xx'),
          perSecond(metrics.gateway('5XXError', 'Sum'), '5xx'),
        ],
      }),
      query('Status by route', 6, api.accessLog, [
        'stats count(*) as requests by method, resource_path, status',
        'sort requests desc',
        'limit 50',
      ]),
    ],
  ];
}
