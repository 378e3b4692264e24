import { z } from 'zod';
import { integer } from './field.ts';

/**
 * `canary` moves `percent` of the traffic first, and the rest after `minutes`. `linear` moves `percent` more
 * every `minutes`.
 */
const shift = (kind: 'canary' | 'linear') =>
  z.strictObject({
    kind: z.literal(kind),
    percent: integer(1, 99, 'percent'),
    minutes: integer(1, 2880, 'minutes'),
  });

/** How traffic moves to a new version: with CodeDeploy, or in place by CloudFormation alone. */
export const deliverySchema = z.discriminatedUnion(
  'kind',
  [
    shift('canary'),
    shift('linear'),
    z.strictObject({ kind: z.literal('all-at-once') }),
    z.strictObject({ kind: z.literal('in-place') }),
  ],
  { error: 'expected the kind canary, linear, all-at-once or in-place' },
);
