import { Duration } from 'aws-cdk-lib';
import type { Settings } from '../../../settings.ts';
import type { JobMetrics } from '../job-metrics.ts';
import { graph, heading, perSecond, type Row } from './widgets.ts';

const PERIOD = Duration.minutes(5);

/** How many jobs there are, how far they are, how busy the workers are, and what becomes of webhooks. */
export function jobsRow(metrics: JobMetrics, alarms: Settings['alarms']): Row {
  return [
    [heading('Jobs', ['job-failed', 'job-inputs-failing', 'oldest-job', 'job-throttles', 'webhooks-failed'])],
    [
      graph({
        title: 'Jobs',
        unit: 'in 5 minutes',
        width: 8,
        left: [
          ['ExecutionsStarted', 'Started'],
          ['ExecutionsSucceeded', 'Succeeded'],
          ['ExecutionsFailed', 'Failed'],
          ['ExecutionsTimedOut', 'Timed out'],
          ['ExecutionsAborted', 'Cancelled'],
        ].map(([name = '', label = '']) => metrics.executions('machine', name, { label })),
      }),
      graph({
        title: 'Images of jobs',
        unit: 'images/s',
        width: 8,
        left: [perSecond(metrics.application('inputs', 'Sum'), 'Images')],
        right: [metrics.inputFailurePercent(PERIOD, 1)],
        rightUnit: '% of images',
      }),
      graph({
        title: 'Oldest running job',
        unit: 'minutes',
        width: 8,
        left: [metrics.application('oldestMinutes', 'Maximum', { label: 'Oldest' })],
        leftAnnotations: [{ value: 60 * alarms.oldestJobHours, label: 'Alarm' }],
      }),
    ],
    [
      graph({
        title: 'Workers',
        unit: 'environments',
        width: 8,
        left: [metrics.worker('ConcurrentExecutions', 'Maximum', { label: 'Busy' })],
        right: [metrics.workerThrottlePercent(PERIOD, 1)],
        rightUnit: '% of calls',
      }),
      graph({
        title: 'Time of a batch, and failed calls',
        unit: 'ms',
        width: 8,
        left: ['p50', 'Maximum'].map((statistic) =>
          metrics.worker('Duration', statistic, { label: statistic }),
        ),
        right: [metrics.worker('Errors', 'Sum', { label: 'Crashes, timeouts and errors' })],
        rightUnit: 'in 5 minutes',
      }),
      graph({
        title: 'Webhooks',
        unit: 'in 5 minutes',
        width: 8,
        left: [
          metrics.executions('webhooks', 'ExecutionsStarted', { label: 'Started' }),
          metrics.executions('webhooks', 'ExecutionsSucceeded', { label: 'Accepted' }),
          metrics.executions('webhooks', 'ExecutionsFailed', { label: 'Given up' }),
        ],
      }),
    ],
  ];
}
