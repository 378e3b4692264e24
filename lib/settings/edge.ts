import { z } from 'zod';
import { originsSchema } from '../../lambda/config/origins.ts';
import { integer, orOff, positive, setting, text } from './field.ts';

export const ratePerSecond = positive(10_000);
export const burst = integer(1, 5000, 'requests');

const limits = (reason: string) => setting(z.strictObject({ ratePerSecond, burst }), 'requests/s', reason);

/**
 * Limits of API Gateway's methods, for all callers together. `burst` is the size of a method's token bucket.
 * A stage has no limit for all its methods together: "Per-API, per-stage throttling limits are applied at the
 * API method level for a stage", docs.aws.amazon.com/apigateway, "Throttle requests to your REST APIs".
 */
export const throttleSchema = z.strictObject({
  predict: limits(
    'POST /predict, POST …/infer under /v2, and the methods of uploads and jobs but POST /jobs, each. GET /ready has the same limit, because the probe uses it: if a flood used up a low limit, the probe would report an outage.',
  ),
  slow: limits(
    'POST /predict/batch, POST /predict/url and POST /jobs, each. One of the first two can occupy an execution environment until timeoutSeconds; a job has up to 1000 uploads to look up. One key gets half.',
  ),
  open: limits(
    'Every other method, each. They need no credentials, so this bounds what a flood can cost: see docs/cost.md.',
  ),
});

/** A rate-based rule accepts 10 or more: docs.aws.amazon.com/waf, "Rate-based rule high-level settings". */
export const wafSchema = orOff(
  z.strictObject({ requestsPer5Minutes: integer(10, 2_000_000_000, 'requests') }),
  'an object with requestsPer5Minutes',
);

const ORIGINS =
  'expected "*" alone, or origins such as https://app.example.com, in lower case and without a path';

/** The origins that the service accepts: lambda/config/origins.ts. */
export const corsOriginsSchema = z
  .array(z.string(ORIGINS))
  .refine((origins) => origins.length === 0 || originsSchema.safeParse(origins.join()).success, ORIGINS);

const hostname = z.hostname('expected a host name such as api.example.com');

export const domainSchema = orOff(
  z.strictObject({
    name: hostname,
    hostedZoneId: text(/^Z[A-Z0-9]+$/, 'expected the id of a hosted zone, Z…'),
    hostedZoneName: hostname,
    certificateArn: text(
      /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/\S+$/,
      'expected the ARN of an ACM certificate',
    ),
  }),
  'an object with name, hostedZoneId, hostedZoneName and certificateArn',
);

const ZONES = 'expected at least one availability zone, such as eu-central-1a';
const SUBNETS = 'expected at least one id of a private subnet, subnet-…';

export const vpcSchema = orOff(
  z
    .strictObject({
      vpcId: text(/^vpc-[0-9a-f]{8,17}$/, 'expected the id of a VPC, vpc-…'),
      availabilityZones: z.array(z.string(ZONES), ZONES).min(1, ZONES),
      privateSubnetIds: z.array(text(/^subnet-[0-9a-f]{8,17}$/, SUBNETS), SUBNETS).min(1, SUBNETS),
    })
    .refine(
      ({ availabilityZones, privateSubnetIds }) => availabilityZones.length === privateSubnetIds.length,
      { path: ['privateSubnetIds'], message: 'expected one subnet for each of availabilityZones' },
    ),
  'an object with vpcId, availabilityZones and privateSubnetIds',
);
