import { Duration } from 'aws-cdk-lib';
import { type IWidget, LogQueryVisualizationType } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Settings } from '../../../settings.ts';
import type { ServiceMetrics } from '../metrics.ts';
import { graph, heading, perSecond, query, type Row } from './widgets.ts';

const PERIOD = Duration.hours(1);

export interface PredictionsRow {
  readonly metrics: ServiceMetrics;
  readonly log: ILogGroup;
  readonly settings: Pick<Settings, 'alarms' | 'qualityWatch'>;
}

/** What is classified, and how confident the model is. */
export function predictionsRow({ metrics, log, settings }: PredictionsRow): Row {
  const { alarms, qualityWatch } = settings;
  const isWatched = qualityWatch !== 'off';
  const width = isWatched ? 8 : 12;
  return [
    [heading('Predictions and confidence', ['low-confidence', ...(isWatched ? ['prediction-drift'] : [])])],
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
      ...(isWatched ? [driftGraph(metrics, alarms)] : []),
      query(
        'Top-1 class by label index (single images and the first image of each batch)',
        width,
        log,
        [
          'filter ispresent(images.0.top1_index)',
          'stats count(*) as predictions by model, images.0.top1_index as class_index',
          'sort predictions desc',
          'limit 15',
        ],
        LogQueryVisualizationType.BAR,
      ),
      query('Formats and sizes', width, log, [
        'filter ispresent(images.0.format)',
        'stats count(*) as predictions, avg(images.0.bytes) as bytes, avg(decode_ms) as decode_ms by images.0.format as format',
        'sort predictions desc',
      ]),
    ],
  ];
}

/** A point for each day. */
function driftGraph(metrics: ServiceMetrics, alarms: Settings['alarms']): IWidget {
  const index = (name: 'classDrift' | 'confidenceDrift', label: string) =>
    metrics.application(name, 'Maximum', { period: Duration.days(1), label });
  return graph({
    title: 'Change of the predictions since the days before',
    unit: 'population stability index',
    width: 8,
    left: [index('classDrift', 'Classes'), index('confidenceDrift', 'Confidences')],
    leftAnnotations: [{ value: alarms.driftPsi, label: 'Alarm' }],
  });
}
