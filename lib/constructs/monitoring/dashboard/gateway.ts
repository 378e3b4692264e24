import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { MonitoredApi, ServiceMetrics } from '../metrics.ts';
import { graph, heading, query, type Row } from './widgets.ts';

const PERIOD = Duration.minutes(5);

/** API Gateway by route, and the errors that it sent itself. */
export function gatewayRow(metrics: ServiceMetrics, api: MonitoredApi): Row {
  const byRoute = (name: string, statistic: string) =>
    new MathExpression({
      expression: metrics.gatewayByRoute(name, statistic, PERIOD),
      label: '',
      period: PERIOD,
      usingMetrics: {},
    });
  return [
    [heading('API Gateway')],
    [
      graph({ title: 'Latency by route, p95', unit: 'ms', width: 8, left: [byRoute('Latency', 'p95')] }),
      graph({
        title: '5xx by route',
        unit: 'in 5 minutes',
        width: 8,
        stacked: true,
        left: [byRoute('5XXError', 'Sum')],
      }),
      query('Errors sent by the gateway itself', 8, api.accessLog, [
        'filter error_type != "-"',
        'stats count(*) as requests by error_type, status, resource_path',
        'sort requests desc',
        'limit 20',
      ]),
    ],
  ];
}

/** Requests that the firewall allowed, blocked, or only counted. */
export function firewallRow(webAclName: string, region: string): Row {
  const requests = (metricName: string, rule: string, label: string) =>
    new Metric({
      namespace: 'AWS/WAFV2',
      metricName,
      dimensionsMap: { WebACL: webAclName, Region: region, Rule: rule },
      statistic: 'Sum',
      period: PERIOD,
      label,
    });
  const byRule = (metricName: string) =>
    new MathExpression({
      expression: `SEARCH('{AWS/WAFV2,Region,Rule,WebACL} WebACL="${webAclName}" MetricName="${metricName}"', 'Sum', ${PERIOD.toSeconds()})`,
      label: '',
      period: PERIOD,
      usingMetrics: {},
    });
  return [
    [heading('Firewall')],
    [
      graph({
        title: 'Requests',
        unit: 'in 5 minutes',
        width: 8,
        stacked: true,
        left: [requests('AllowedRequests', 'ALL', 'Allowed'), requests('BlockedRequests', 'ALL', 'Blocked')],
      }),
      graph({
        title: 'Blocked, by rule',
        unit: 'in 5 minutes',
        width: 8,
        left: [byRule('BlockedRequests')],
      }),
      graph({
        title: 'Counted but allowed, by rule',
        unit: 'in 5 minutes',
        width: 8,
        left: [byRule('CountedRequests')],
      }),
    ],
  ];
}
