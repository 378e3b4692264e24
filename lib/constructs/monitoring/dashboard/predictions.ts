import { Duration } from 'aws-cdk-lib';
import { LogQueryVisualizationType } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Settings } from '../../../settings.ts';
import type { ServiceMetrics } from '../metrics.ts';
import { graph, heading, perSecond, query, type Row } from './widgets.ts';

const PERIOD = Duration.hours(1);

export interface PredictionsRow {
  readonly metrics: ServiceMetrics;
  readonly log: ILogGroup;
  readonly alarms: Settings['alarms'];
}

/** What is classified, and how confident the model is. */
export function predictionsRow({ metrics, log, alarms }: PredictionsRow): Row {
  return [
    [heading('Predictions and confidence', ['low-confidence'])],
    [
      graph({
        title: 'Images classified',
        unit: 'images/s',
        width: 8,
        left: [perSecond(metrics.application('predictions', 'Sum'), 'Images')],
        right: ['p50', 'p95'].map((statistic) =>
          metrics.application('imageBytes', statistic, { label: `Bytes ${statistic}` }),
        ),
        rightUnit: 'bytes per image',
      }),
      graph({
        title: 'Top-1 probability',
        unit: 'probability',
        width: 8,
        max: 1,
        left: ['p10', 'p50', 'p90'].map((statistic) =>
          metrics.application('topProbability', statistic, { label: statistic }),
        ),
      }),
      graph({
        title: 'Images with low confidence',
        unit: '% of images',
        width: 8,
        max: 100,
        left: [metrics.lowConfidencePercent(PERIOD, 1)],
        leftAnnotations: [{ value: alarms.lowConfidencePercent, label: 'Alarm' }],
      }),
    ],
    [
      query(
        'Top-1 class by label index (single images and the first image of each batch)',
        12,
        log,
        [
          'filter ispresent(images.0.top1_index)',
          'stats count(*) as predictions by images.0.top1_index as class_index',
          'sort predictions desc',
          'limit 15',
        ],
        LogQueryVisualizationType.BAR,
      ),
      query('Formats and sizes', 12, log, [
        'filter ispresent(images.0.format)',
        'stats count(*) as predictions, avg(images.0.bytes) as bytes, avg(decode_ms) as decode_ms by images.0.format as format',
        'sort predictions desc',
      ]),
    ],
  ];
}
