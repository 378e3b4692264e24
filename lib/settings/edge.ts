import { z } from 'zod';
import { originsSchema } from '../../lambda/config/origins.ts';
import { integer, orOff, positive, text } from './field.ts';

export const ratePerSecond = positive(10_000, 'requests per second');
export const burst = integer(1, 5000, 'requests');

const limits = (reason: string) =>
  z
    .strictObject({
      ratePerSecond: ratePerSecond.describe('The rate that all callers of a method together may keep up.'),
      burst: burst.describe('How many requests to a method may come at once: the size of its token bucket.'),
    })
    .describe(reason);

/**
 * Limits of API Gateway's methods, for all callers together. `burst` is the size of a method's token bucket.
 * A stage has no limit for all its methods together: "Per-API, per-stage throttling limits are applied at the
 * API method level for a stage", docs.aws.amazon.com/apigateway, "Throttle requests to your REST APIs".
 */
export const throttleSchema = z.strictObject({
  predict: limits(
    '`POST /predict`, `POST /embed`, `POST …/infer` under `/v2`, and the methods of uploads and jobs except `POST /jobs`, each. `GET /ready` has the same limit, because the probe uses it: if a flood used up a low limit, the probe would report an outage.',
  ),
  slow: limits(
    '`POST /predict/batch`, `POST /predict/url` and `POST /jobs`, each. One of the first two can occupy an execution environment until `timeoutSeconds`; a job has up to 1000 uploads to look up. One key gets half.',
  ),
  open: limits(
    'Every other method, each. They need no credentials, so this bounds what a flood can cost: see [cost.md](cost.md).',
  ),
});

/** A rate-based rule accepts 10 or more: docs.aws.amazon.com/waf, "Rate-based rule high-level settings". */
export const wafSchema = orOff(
  z.strictObject({
    requestsPer5Minutes: integer(10, 2_000_000_000, 'requests').describe(
      'Requests of one address. Further ones get 403.',
    ),
  }),
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
    name: hostname.describe('The host name of the API.'),
    hostedZoneId: text(/^Z[A-Z0-9]+$/, 'expected the id of a hosted zone, Z…').describe(
      'The zone of Route 53 that gets the records.',
    ),
    hostedZoneName: hostname.describe('The name of that zone, such as example.com.'),
    certificateArn: text(
      /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/\S+$/,
      'expected the ARN of an ACM certificate',
    ).describe('A certificate for the name, in the region of the stage.'),
  }),
  'an object with name, hostedZoneId, hostedZoneName and certificateArn',
);

const ZONES = 'expected a list of at least one availability zone, such as eu-central-1a';
const SUBNETS = 'expected a list of at least one id of a private subnet, subnet-…';

export const vpcSchema = orOff(
  z
    .strictObject({
      vpcId: text(/^vpc-[0-9a-f]{8,17}$/, 'expected the id of a VPC, vpc-…').describe('An existing VPC.'),
      availabilityZones: z
        .array(z.string(ZONES), ZONES)
        .min(1, ZONES)
        .describe('The zones of the subnets, in the same order.'),
      privateSubnetIds: z
        .array(text(/^subnet-[0-9a-f]{8,17}$/, SUBNETS), SUBNETS)
        .min(1, SUBNETS)
        .describe('One private subnet for each zone.'),
    })
    .refine(
      ({ availabilityZones, privateSubnetIds }) => availabilityZones.length === privateSubnetIds.length,
      { path: ['privateSubnetIds'], message: 'expected one subnet for each of availabilityZones' },
    ),
  'an object with vpcId, availabilityZones and privateSubnetIds',
);
