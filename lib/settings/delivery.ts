import { z } from 'zod';
import { integer } from './field.ts';

/** Lambda runs the hook that waits for 15 minutes at most. It needs 4 of them for its checks. */
const MOST_BAKE_MINUTES = 10;

/**
 * `photosPerMinute` are sent through the alias while the traffic shifts and in the `bakeMinutes` after it, so
 * that the alarms have data. In these minutes, an alarm still rolls the deployment back.
 */
const watched = (bakeMinutes: number) => ({
  bakeMinutes: integer(0, MOST_BAKE_MINUTES, 'minutes').default(bakeMinutes),
  photosPerMinute: integer(0, 600, 'photos').default(30),
});

/**
 * `canary` moves `percent` of the traffic first, and the rest after `minutes`. `linear` moves `percent` more
 * every `minutes`.
 */
const shift = (kind: 'canary' | 'linear') =>
  z.strictObject({
    kind: z.literal(kind),
    percent: integer(1, 99, 'percent'),
    minutes: integer(1, 2880, 'minutes'),
    ...watched(5),
  });

/** How traffic moves to a new version: with CodeDeploy, or in place by CloudFormation alone. */
export const deliverySchema = z.discriminatedUnion(
  'kind',
  [
    shift('canary'),
    shift('linear'),
    z.strictObject({ kind: z.literal('all-at-once'), ...watched(0) }),
    z.strictObject({ kind: z.literal('in-place') }),
  ],
  { error: 'expected the kind canary, linear, all-at-once or in-place' },
);
