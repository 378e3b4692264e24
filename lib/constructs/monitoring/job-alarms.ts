import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Settings } from '../../settings.ts';
import { type MissingData, NONE_HAPPENED, type ThresholdAlarm } from './alarm.ts';
import type { JobMetrics } from './job-metrics.ts';

const { GREATER_THAN_THRESHOLD } = ComparisonOperator;

const FIVE_MINUTES = Duration.minutes(5);
const HOUR = Duration.hours(1);

/** Fewer inputs in five minutes do not raise the alarm: one caller with a handful of wrong URLs is no incident. */
const LEAST_INPUTS = 100;
/** Fewer refused calls in an hour do not raise the alarm: a worker may be free a moment later than its batch ends. */
const LEAST_REFUSED = 100;

const NO_JOBS: MissingData = {
  treat: TreatMissingData.NOT_BREACHING,
  because: 'No data means no jobs, which is fine.',
};

/** Alarms on jobs. None of them pages: a job can be started again where it stopped. */
export function jobAlarms(metrics: JobMetrics, alarms: Settings['alarms']): ThresholdAlarm[] {
  return [
    {
      name: 'job-failed',
      means: 'A job failed, so some of its images have no result.',
      metric: metrics.executions('machine', 'ExecutionsFailed', { period: FIVE_MINUTES }),
      is: GREATER_THAN_THRESHOLD,
      threshold: 0,
      missing: NONE_HAPPENED,
    },
    {
      // A sum of both would have no data until both have happened once.
      name: 'job-timed-out',
      runbook: 'job-failed',
      means: 'A job ran out of time, so some of its images have no result.',
      metric: metrics.executions('machine', 'ExecutionsTimedOut', { period: FIVE_MINUTES }),
      is: GREATER_THAN_THRESHOLD,
      threshold: 0,
      missing: NONE_HAPPENED,
    },
    {
      name: 'job-inputs-failing',
      means: `More than ${alarms.jobInputFailurePercent} % of the images of jobs had a problem instead of a prediction, of at least ${LEAST_INPUTS} in 5 minutes, for 15 minutes.`,
      metric: metrics.inputFailurePercent(FIVE_MINUTES, LEAST_INPUTS),
      is: GREATER_THAN_THRESHOLD,
      threshold: alarms.jobInputFailurePercent,
      periods: { breaching: 3, of: 3 },
      missing: NO_JOBS,
    },
    {
      name: 'oldest-job',
      means: `A job has been running for more than ${alarms.oldestJobHours} hours.`,
      metric: metrics.application('oldestMinutes', 'Maximum', { period: Duration.minutes(15) }),
      is: GREATER_THAN_THRESHOLD,
      threshold: 60 * alarms.oldestJobHours,
      missing: {
        treat: TreatMissingData.NOT_BREACHING,
        because: 'No data means that the measurement does not run. If it fails, Lambda reports it.',
      },
    },
    {
      name: 'job-throttles',
      means: `For 3 hours, workers were so busy that more than ${alarms.jobThrottlePercent} % of the calls were refused and tried again. Jobs wait for one another.`,
      metric: metrics.workerThrottlePercent(HOUR, LEAST_REFUSED),
      is: GREATER_THAN_THRESHOLD,
      threshold: alarms.jobThrottlePercent,
      periods: { breaching: 3, of: 3 },
      missing: NO_JOBS,
    },
    {
      name: 'webhooks-failed',
      means: 'A receiver did not accept a webhook for a day, or it could not be sent.',
      metric: metrics.executions('webhooks', 'ExecutionsFailed', { period: FIVE_MINUTES }),
      is: GREATER_THAN_THRESHOLD,
      threshold: 0,
      missing: NONE_HAPPENED,
    },
  ];
}
