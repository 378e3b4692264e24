import { z } from 'zod';
import { integer, orOff } from './field.ts';

/** How each day's predictions are compared with the days before it. docs/adr/0028 */
export const qualityWatchSchema = orOff(
  z.strictObject({
    baselineDays: integer(3, 90, 'days')
      .default(14)
      .describe('How many days before it. Weekends differ from weekdays, so whole weeks are best.'),
    baselineFrom: orOff(z.iso.date('expected a day such as 2026-01-31'), 'a day such as 2026-01-31')
      .default('off')
      .describe('The first day of a new baseline, after an intended change.'),
  }),
  'an object with baselineDays and baselineFrom',
);
