import { z } from 'zod';
import { integer, setting } from './field.ts';

const environments = integer(1, 10_000);
const atMostMax = { path: ['min'], message: 'expected at most max' };

const schedule = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'expected a name such as MorningPeak'),
    cron: z
      .string()
      .regex(/^(\S+ ){5}\S+$/, 'expected the six fields of a cron expression: "0 8 ? * MON-FRI *"'),
    timeZone: z.string().refine(isTimeZone, 'expected a time zone such as Europe/Berlin').default('UTC'),
    min: environments,
    max: environments,
  })
  .refine(({ min, max }) => min <= max, atMostMax);

const provisioned = z
  .strictObject({
    kind: z.literal('provisioned'),
    min: setting(environments, 'environments', 'Kept warm at all times; the old system kept 3 replicas.'),
    max: setting(
      environments,
      'environments',
      'Bounds the cost of a peak; beyond it requests spill over to cold starts.',
    ),
    targetUtilization: setting(
      z.number().min(0.1, 'expected a share from 0.1 to 0.9').max(0.9, 'expected a share from 0.1 to 0.9'),
      'share',
      'Scales out above it, which Application Auto Scaling takes from 0.1 to 0.9; the old system scaled at 70 % of CPU.',
    ),
    schedules: setting(
      z.array(schedule),
      'list',
      'Peaks that are known in advance, which target tracking would follow minutes late.',
    ),
  })
  .refine(({ min, max }) => min <= max, atMostMax);

/** How first requests are kept fast. SnapStart and provisioned concurrency exclude each other on Lambda. */
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
