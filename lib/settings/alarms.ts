import { z } from 'zod';
import { integer, number, percent, positive } from './field.ts';

/** The thresholds of the alarms. */
export const alarmsSchema = z
  .strictObject({
    p95LatencyMs: integer(1, 29_000, 'ms').describe(
      'The 95th percentile of `POST /predict`, end to end: at most `p99LatencyMs`.',
    ),
    p99LatencyMs: integer(1, 29_000, 'ms').describe('The 99th percentile of `POST /predict`, end to end.'),
    errorPercent: percent.describe(
      'The share of requests that are answered with 5xx. 4xx are not counted: they are caused by the caller.',
    ),
    cpuPercent: percent.describe(
      'The CPU use, averaged over predictions, without fetches. One prediction uses about 96 % of one vCPU; near 100 % it waits for CPU.',
    ),
    memoryPercent: percent.describe('The highest resident memory. At 100 % Lambda kills the environment.'),
    failedEnvironments: integer(1, 10_000, 'environments').describe(
      'Execution environments that failed to start, crashed or timed out in 5 minutes.',
    ),
    utilizationPercent: percent.describe(
      'The provisioned concurrency in use. Above this, requests soon spill over to cold starts.',
    ),
    lowConfidencePercent: percent.describe(
      'The share of predictions with a top-1 probability under 0.3. A rising share is a sign of input drift.',
    ),
    driftPsi: positive(10).describe(
      'The population stability index of a day’s classes or confidences. By convention, more than 0.25 is a major change. It needs `qualityWatch`.',
    ),
    refusedPercent: percent.describe(
      'The share of requests that the limits answered with 429, or the firewall with 403. Below 100 in 5 minutes they do not count.',
    ),
    jobInputFailurePercent: percent.describe(
      'The share of images of jobs whose result is a problem. Below 100 in 5 minutes they do not count.',
    ),
    oldestJobHours: integer(1, 168, 'hours').describe(
      'How long a job may run before somebody should look: less than `jobs.maxHours`.',
    ),
    jobThrottlePercent: percent.describe(
      'The share of calls of workers that were refused in each of 3 hours, because all were busy. With several large jobs at once, some always are.',
    ),
    availabilityPercent: number(90, 99.99, 'percent').describe(
      'The availability objective. The burn-rate alarms watch its error budget.',
    ),
  })
  .refine(({ p95LatencyMs, p99LatencyMs }) => p95LatencyMs <= p99LatencyMs, {
    path: ['p95LatencyMs'],
    message: 'expected at most p99LatencyMs',
  });
