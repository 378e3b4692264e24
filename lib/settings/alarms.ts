import { z } from 'zod';
import { integer, percent, setting } from './field.ts';

/** The thresholds of the alarms. */
export const alarmsSchema = z
  .strictObject({
    p95LatencyMs: setting(integer(1, 29_000), 'ms', 'The slowest twentieth of predictions, end to end.'),
    p99LatencyMs: setting(integer(1, 29_000), 'ms', 'The slowest hundredth, end to end.'),
    errorPercent: setting(percent, '% of requests', 'Answers of 5xx; those of 4xx are the caller’s.'),
    cpuPercent: setting(
      percent,
      '%',
      'Mean over requests; inference alone uses near all of one vCPU while it runs.',
    ),
    memoryPercent: setting(percent, '%', 'Highest resident memory; at 100 % Lambda kills the environment.'),
    failedEnvironments: setting(integer(1, 10_000), 'per 5 minutes', 'Failed inits, crashes and timeouts.'),
    utilizationPercent: setting(percent, '%', 'Of provisioned concurrency; above it spillover is near.'),
    lowConfidencePercent: setting(
      percent,
      '% of predictions',
      'Share with a top-1 probability under 0.3: input drift.',
    ),
    availabilityPercent: setting(
      z.number().min(90).max(99.99),
      '%',
      'The objective whose error budget the burn-rate alarms guard.',
    ),
  })
  .refine(({ p95LatencyMs, p99LatencyMs }) => p95LatencyMs <= p99LatencyMs, {
    path: ['p95LatencyMs'],
    message: 'expected at most p99LatencyMs',
  });
