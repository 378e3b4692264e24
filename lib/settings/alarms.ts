import { z } from 'zod';
import { integer, integerSetting, number, percent, positive, setting } from './field.ts';

/** The thresholds of the alarms. */
export const alarmsSchema = z
  .strictObject({
    p95LatencyMs: integerSetting(1, 29_000, 'ms', '95th percentile of POST /predict, end to end.'),
    p99LatencyMs: integerSetting(1, 29_000, 'ms', '99th percentile of POST /predict, end to end.'),
    errorPercent: setting(
      percent,
      '% of requests',
      'Responses with 5xx. 4xx are not counted: they are caused by the caller.',
    ),
    cpuPercent: setting(
      percent,
      '%',
      'Average over predictions, without fetches. One prediction uses about 96 % of one vCPU; near 100 % it waits for CPU.',
    ),
    memoryPercent: setting(percent, '%', 'Highest resident memory. At 100 % Lambda kills the environment.'),
    failedEnvironments: setting(
      integer(1, 10_000),
      'per 5 minutes',
      'Execution environments that failed to start, crashed or timed out.',
    ),
    utilizationPercent: setting(
      percent,
      '%',
      'Provisioned concurrency in use. Above this, requests soon spill over to cold starts.',
    ),
    lowConfidencePercent: setting(
      percent,
      '% of predictions',
      'Predictions with a top-1 probability under 0.3. A rising share is a sign of input drift.',
    ),
    driftPsi: setting(
      positive(10),
      'PSI',
      'Population stability index of a day’s classes or confidences. By convention, more than 0.25 is a major change. Used with qualityWatch.',
    ),
    refusedPercent: setting(
      percent,
      '% of requests',
      'Requests that the limits answered with 429, or the firewall with 403. Below 100 in 5 minutes they do not count.',
    ),
    jobInputFailurePercent: setting(
      percent,
      '% of images',
      'Images of jobs whose result is a problem. Below 100 in 5 minutes they do not count.',
    ),
    oldestJobHours: integerSetting(1, 168, 'hours', 'How long a job may run before somebody should look.'),
    jobThrottlePercent: setting(
      percent,
      '% of calls',
      'Calls of workers that were refused in each of 3 hours, because all were busy. With several large jobs at once, some always are.',
    ),
    availabilityPercent: setting(
      number(90, 99.99),
      '%',
      'The availability objective. The burn-rate alarms watch its error budget.',
    ),
  })
  .refine(({ p95LatencyMs, p99LatencyMs }) => p95LatencyMs <= p99LatencyMs, {
    path: ['p95LatencyMs'],
    message: 'expected at most p99LatencyMs',
  });
