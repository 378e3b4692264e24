import { z } from 'zod';
import { integer, number, orOff, text } from './field.ts';

const MOST_ENVIRONMENTS = 10_000;
const environments = integer(1, MOST_ENVIRONMENTS, 'environments');
const atMostMax = { path: ['min'], message: 'expected at most max' };

const schedule = z
  .strictObject({
    name: text(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'expected a name such as MorningPeak').describe(
      'The name of the scheduled action.',
    ),
    cron: text(
      /^(\S+ ){5}\S+$/,
      'expected a cron expression of six fields, such as "0 8 ? * MON-FRI *"',
    ).describe('When `min` and `max` change: minute, hour, day of the month, month, weekday and year.'),
    timeZone: z
      .string('expected a time zone such as Europe/Berlin')
      .refine(isTimeZone, 'expected a time zone such as Europe/Berlin')
      .default('UTC')
      .describe('The time zone of `cron`.'),
    min: environments.describe('The new `min`, until another schedule changes it.'),
    max: environments.describe('The new `max`, at least `min`.'),
  })
  .refine(({ min, max }) => min <= max, atMostMax);

const provisioned = z
  .strictObject({
    kind: z.literal('provisioned'),
    min: integer(1, MOST_ENVIRONMENTS, 'environments').describe(
      'Environments that are always kept warm: at most `max`. The system before had 3 replicas.',
    ),
    max: integer(1, MOST_ENVIRONMENTS, 'environments').describe(
      'Warm environments at a peak. It limits the cost. Further requests spill over to cold starts.',
    ),
    targetUtilization: number(0.1, 0.9).describe(
      'More environments are started when a larger share of them is busy. Application Auto Scaling accepts 0.1 to 0.9.',
    ),
    schedules: z
      .array(schedule)
      .describe(
        'Other values of `min` and `max` for peaks that are known in advance. Scaling by utilisation follows a peak only minutes late.',
      ),
    step: orOff(
      z.strictObject({
        environments: environments.describe('How many are added. Twice as many after 20 such requests.'),
      }),
      'an object with environments',
    ).describe(
      'For sudden peaks: environments that are added a minute after requests found every environment busy. Costs $0.10 a month.',
    ),
  })
  .refine(({ min, max }) => min <= max, atMostMax);

/** How cold starts are avoided. Lambda does not allow SnapStart together with provisioned concurrency. */
export const coldStartSchema = z.discriminatedUnion(
  'kind',
  [
    provisioned,
    z.strictObject({ kind: z.literal('snapstart') }),
    z.strictObject({ kind: z.literal('on-demand') }),
  ],
  { error: 'expected the kind provisioned, snapstart or on-demand' },
);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
