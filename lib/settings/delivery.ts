import { z } from 'zod';
import { integer } from './field.ts';

/** Lambda runs the hook that waits for 15 minutes at most. It needs 4 of them for its checks. */
const MOST_BAKE_MINUTES = 10;

const watched = (bakeMinutes: number) => ({
  bakeMinutes: integer(0, MOST_BAKE_MINUTES, 'minutes')
    .default(bakeMinutes)
    .describe('How long the alarms watch the new version after the shift. One of them still rolls it back.'),
  photosPerMinute: integer(0, 600, 'photos')
    .default(30)
    .describe('Photos that are sent during the shift and these minutes, so that the alarms have data.'),
});

const shift = (kind: 'canary' | 'linear') =>
  z.strictObject({
    kind: z.literal(kind),
    percent: integer(1, 99, 'percent').describe(
      'The part of the traffic that moves first, or with each step.',
    ),
    minutes: integer(1, 2880, 'minutes').describe('The time until the rest moves, or until the next step.'),
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
