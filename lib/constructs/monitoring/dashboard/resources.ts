import type { Settings } from '../../../settings.ts';
import type { ServiceMetrics } from '../metrics.ts';
import { graph, heading, type Row } from './widgets.ts';

/** CPU and memory of the execution environments. */
export function resourcesRow(metrics: ServiceMetrics, alarms: Settings['alarms']): Row {
  return [
    [heading('CPU and memory', ['cpu', 'memory'])],
    [
      graph({
        title: 'CPU use of predictions',
        unit: '% of the vCPUs',
        width: 12,
        max: 100,
        left: ['Average', 'p95'].map((statistic) =>
          metrics.application('cpuUtilization', statistic, { label: statistic }),
        ),
        leftAnnotations: [{ value: alarms.cpuPercent, label: 'Alarm' }],
      }),
      graph({
        title: 'Resident memory of the process',
        unit: '% of the function’s memory',
        width: 12,
        max: 100,
        left: ['Average', 'Maximum'].map((statistic) =>
          metrics.application('memoryUtilization', statistic, { label: statistic }),
        ),
        leftAnnotations: [{ value: alarms.memoryPercent, label: 'Alarm' }],
      }),
    ],
  ];
}
