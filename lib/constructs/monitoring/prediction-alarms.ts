import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Settings } from '../../settings.ts';
import { QUIET_IS_FINE, type ThresholdAlarm } from './alarm.ts';
import type { ServiceMetrics } from './metrics.ts';

const { GREATER_THAN_THRESHOLD } = ComparisonOperator;

/** Minimum number of images for a percentage. With 50, its standard error is at most 7 percentage points. */
const LEAST_IMAGES = 50;

/** Alarms on what the model says, not on how fast or how often it answers. */
export function predictionAlarms(
  metrics: ServiceMetrics,
  { alarms, qualityWatch }: Pick<Settings, 'alarms' | 'qualityWatch'>,
): ThresholdAlarm[] {
  return [
    lowConfidence(metrics, alarms),
    ...(qualityWatch === 'off' ? [] : [predictionDrift(metrics, alarms)]),
  ];
}

function lowConfidence(metrics: ServiceMetrics, alarms: Settings['alarms']): ThresholdAlarm {
  return {
    name: 'low-confidence',
    means: `The model was unsure about more than ${alarms.lowConfidencePercent} % of the images, in each of 3 hours with at least ${LEAST_IMAGES} images.`,
    metric: metrics.lowConfidencePercent(Duration.hours(1), LEAST_IMAGES),
    is: GREATER_THAN_THRESHOLD,
    threshold: alarms.lowConfidencePercent,
    periods: { breaching: 3, of: 3 },
    missing: QUIET_IS_FINE,
  };
}

/**
 * The watch writes one value a day. Three metrics and an alarm on one of them cost less than an alarm on two.
 */
function predictionDrift(metrics: ServiceMetrics, { driftPsi }: Settings['alarms']): ThresholdAlarm {
  return {
    name: 'prediction-drift',
    means: `The predicted classes or confidences of a day differ from those of the days before it: their population stability index is above ${driftPsi}.`,
    metric: metrics.application('predictionDrift', 'Maximum', { period: Duration.days(1) }),
    is: GREATER_THAN_THRESHOLD,
    threshold: driftPsi,
    missing: {
      treat: TreatMissingData.NOT_BREACHING,
      because:
        'No data means too few images to compare, which is fine. If the watch itself fails, Lambda reports it.',
    },
  };
}
