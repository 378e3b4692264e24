import { z } from 'zod';
import { integer, integerSetting, number, orOff, setting, text } from './field.ts';

const MOST_ENVIRONMENTS = 10_000;
const environments = integer(1, MOST_ENVIRONMENTS, 'environments');
const atMostMax = { path: ['min'], message: 'expected at most max' };

const schedule = z
  .strictObject({
    name: text(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'expected a name such as MorningPeak'),
    cron: text(/^(\S+ ){5}\S+$/, 'expected a cron expression of six fields, such as "0 8 ? * MON-FRI *"'),
    timeZone: z
      .string('expected a time zone such as Europe/Berlin')
      .refine(isTimeZone, 'expected a time zone such as Europe/Berlin')
      .default('UTC'),
    min: environments,
    max: environments,
  })
  .refine(({ min, max }) => min <= max, atMostMax);

const provisioned = z
  .strictObject({
    kind: z.literal('provisioned'),
    min: integerSetting(
      1,
      MOST_ENVIRONMENTS,
      'environments',
      'Always kept warm. The old system kept 3 replicas.',
    ),
    max: integerSetting(
      1,
      MOST_ENVIRONMENTS,
      'environments',
      'Limits the cost of a peak. Further requests spill over to cold starts.',
    ),
    targetUtilization: setting(
      number(0.1, 0.9),
      'share',
      'Scales out above this utilization. Application Auto Scaling accepts 0.1 to 0.9. The old system scaled at 70 % of CPU.',
    ),
    schedules: setting(
      z.array(schedule),
      'list',
      'For peaks known in advance: target tracking follows them only minutes late.',
    ),
    step: setting(
      orOff(z.strictObject({ environments }), 'an object with environments'),
      'environments',
      'For sudden peaks: added a minute after requests found every environment busy, twice as many after 20 requests. Costs $0.10 a month.',
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
