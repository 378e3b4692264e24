import { z } from 'zod';
import { number, orOff, positive } from './field.ts';

/** When the cost of a stage is reported. Traffic that was agreed on costs what lib/expected-cost.json says. */
export const costWatchSchema = orOff(
  z.strictObject({
    requestsPerSecond: number(0, 100, 'requests per second').describe(
      'The traffic that is expected, averaged over a day.',
    ),
    percentOfExpected: positive(10_000, 'percent').describe(
      'A day is reported if it costs more than this percentage of what the cost model expects.',
    ),
    anomalyUsd: orOff(
      positive(1_000_000, 'US dollars'),
      'a number of US dollars above 0 and up to 1000000',
    ).describe('Unusual spending above this is reported.'),
  }),
  'an object with requestsPerSecond, percentOfExpected and anomalyUsd',
);
