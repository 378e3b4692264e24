import { z } from 'zod';
import { integer } from './field.ts';

/** A part of the traffic at first, or at a time, every so many minutes. */
const shift = (kind: 'canary' | 'linear') =>
  z.strictObject({ kind: z.literal(kind), percent: integer(1, 99), minutes: integer(1, 2880) });

/** How traffic moves to a new version: by CodeDeploy, or in place by CloudFormation alone. */
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
