import { z } from 'zod';
import { number, orOff, positive } from './field.ts';

/** When the cost of a stage is reported. Traffic that was agreed on costs what lib/expected-cost.json says. */
export const costWatchSchema = orOff(
  z.strictObject({
    requestsPerSecond: number(0, 100),
    percentOfExpected: positive(10_000),
    anomalyUsd: orOff(positive(1_000_000), 'a number above 0 and up to 1000000'),
  }),
  'an object with requestsPerSecond, percentOfExpected and anomalyUsd',
);
