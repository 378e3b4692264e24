import { Duration } from 'aws-cdk-lib';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Settings } from '../../../settings.ts';
import type { ServiceMetrics } from '../metrics.ts';
import { graph, heading, query, type Row } from './widgets.ts';

const PERIOD = Duration.minutes(5);

export interface ErrorsRow {
  readonly metrics: ServiceMetrics;
  readonly log: ILogGroup;
  readonly alarms: Settings['alarms'];
}

/** Error responses: where they come from, how many, and which. */
export function errorsRow({ metrics, log, alarms }: ErrorsRow): Row {
  return [
    [heading('Errors', ['server-errors', 'function-errors', 'throttles', 'availability-fast-burn'])],
    [
      graph({
        title: '5xx responses, without failed fetches',
        unit: '% of requests',
        width: 6,
        left: [metrics.serverErrorPercent(PERIOD, 1)],
        leftAnnotations: [
          { value: alarms.errorPercent, label: 'Alarm' },
          { value: Number((100 - alarms.availabilityPercent).toPrecision(6)), label: 'Objective' },
        ],
      }),
      graph({
        title: 'Errors at the gateway and in the service',
        unit: 'in 5 minutes',
        width: 6,
        left: [
          metrics.gateway('4XXError', 'Sum', { label: 'Gateway 4xx' }),
          metrics.gateway('5XXError', 'Sum', { label: 'Gateway 5xx' }),
          metrics.application('clientErrors', 'Sum', { label: 'Service 4xx' }),
          metrics.application('errors', 'Sum', { label: 'Service 5xx' }),
        ],
      }),
      graph({
        title: 'Lambda errors and throttles',
        unit: 'in 5 minutes',
        width: 6,
        left: [
          metrics.live('Errors', 'Sum', { label: 'Crashes and timeouts' }),
          metrics.newVersion('Errors', 'Sum', { label: 'Crashes and timeouts of the newest version' }),
          metrics.live('Throttles', 'Sum', { label: 'Throttles' }),
        ],
      }),
      query('Errors by code', 6, log, [
        'filter ispresent(code)',
        'stats count(*) as responses by code, status, route',
        'sort responses desc',
        'limit 20',
      ]),
    ],
  ];
}
