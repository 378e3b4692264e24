import type { Settings } from '../../../settings.ts';
import { PREDICT, type ServiceMetrics } from '../metrics.ts';
import { graph, heading, percentiles, type Row } from './widgets.ts';

/** Latency, as callers see it and phase by phase. */
export function latencyRow(metrics: ServiceMetrics, alarms: Settings['alarms']): Row {
  return [
    [heading('Latency', ['latency-p95', 'latency-p99'])],
    [
      graph({
        title: 'POST /predict, end to end',
        unit: 'ms',
        width: 8,
        left: percentiles((statistic, label) => metrics.gateway('Latency', statistic, { label }, PREDICT)),
        leftAnnotations: [
          { value: alarms.p95LatencyMs, label: 'p95 alarm' },
          { value: alarms.p99LatencyMs, label: 'p99 alarm' },
        ],
      }),
      graph({
        title: 'All predictions, in the service',
        unit: 'ms',
        width: 8,
        left: percentiles((statistic, label) => metrics.application('latency', statistic, { label })),
      }),
      graph({
        title: 'API Gateway in total, and its integration, all routes',
        unit: 'ms',
        width: 8,
        left: [
          ...percentiles((statistic, label) => metrics.gateway('Latency', statistic, { label }), 'Latency'),
          ...percentiles(
            (statistic, label) => metrics.gateway('IntegrationLatency', statistic, { label }),
            'Integration',
          ),
        ],
      }),
    ],
    [
      graph({
        title: 'Decoding',
        unit: 'ms',
        width: 8,
        left: percentiles((statistic, label) => metrics.application('decodeLatency', statistic, { label })),
      }),
      graph({
        title: 'Inference',
        unit: 'ms',
        width: 8,
        left: percentiles((statistic, label) =>
          metrics.application('inferenceLatency', statistic, { label }),
        ),
      }),
      graph({
        title: 'Probe of the public URL',
        unit: 'ms',
        width: 8,
        left: percentiles((statistic, label) => metrics.application('probeLatency', statistic, { label })),
        right: [metrics.application('probeSuccess', 'Minimum', { label: 'Ready' })],
        rightUnit: '1 = ready',
      }),
    ],
  ];
}
