import { z } from 'zod';
import { originsSchema } from '../../lambda/config/origins.ts';
import { integer, orOff } from './field.ts';

const ratePerSecond = z.number().positive().max(10_000);
const burst = integer(1, 5000);

/** Of the whole API. A burst is the size of API Gateway's token bucket. */
export const throttleSchema = z.strictObject({ ratePerSecond, burst });

/** The usage plan of each key. */
export const apiKeysSchema = orOff(
  z.strictObject({ ratePerSecond, burst, requestsPerDay: orOff(integer(1, 1_000_000_000), 'a number') }),
  'ratePerSecond, burst and requestsPerDay',
);

/** The least that a rate-based rule takes is 10: docs.aws.amazon.com/waf, "Rate-based rule high-level settings". */
export const wafSchema = orOff(
  z.strictObject({ requestsPer5Minutes: integer(10, 2_000_000_000) }),
  'requestsPer5Minutes',
);

/** What the service takes: lambda/config/origins.ts. */
export const corsOriginsSchema = z
  .array(z.string())
  .refine(
    (origins) => origins.length === 0 || originsSchema.safeParse(origins.join()).success,
    'expected "*" alone, or origins such as https://app.example.com, lower-case, without a path',
  );

export const domainSchema = orOff(
  z.strictObject({
    name: z.hostname(),
    hostedZoneId: z.string().regex(/^Z[A-Z0-9]+$/, 'expected the id of a hosted zone, Z…'),
    hostedZoneName: z.hostname(),
    certificateArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/\S+$/,
        'expected the ARN of an ACM certificate',
      ),
  }),
  'name, hostedZoneId, hostedZoneName and certificateArn',
);

export const vpcSchema = orOff(
  z
    .strictObject({
      vpcId: z.string().regex(/^vpc-[0-9a-f]{8,17}$/, 'expected the id of a VPC, vpc-…'),
      availabilityZones: z.array(z.string()).min(1),
      privateSubnetIds: z.array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'expected subnet-…')).min(1),
    })
    .refine(
      ({ availabilityZones, privateSubnetIds }) => availabilityZones.length === privateSubnetIds.length,
      { path: ['privateSubnetIds'], message: 'expected one for each of availabilityZones' },
    ),
  'vpcId, availabilityZones and privateSubnetIds',
);
