import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';

const RETENTION_DAYS = Object.values(RetentionDays).filter((days) => typeof days === 'number');

/** API Gateway gives up on an integration after this many seconds: docs.aws.amazon.com/apigateway, "Quotas". */
const GATEWAY_TIMEOUT_SECONDS = 29;

/** One setting: what it is measured in and why it is there. `docs/stages.md` is made from these. */
function setting<Schema extends z.ZodType>(schema: Schema, unit: string, reason: string): Schema {
  return schema.meta({ unit, reason }) as Schema;
}

const integer = (minimum: number, maximum: number) => z.int().min(minimum).max(maximum);
const percent = z.number().gt(0).max(100);
const off = z.literal('off');

const scheduleSchema = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'expected a name such as MorningPeak'),
    cron: z
      .string()
      .regex(/^(\S+ ){5}\S+$/, 'expected the six fields of a cron expression: "0 8 ? * MON-FRI *"'),
    timeZone: z.string().refine(isTimeZone, 'expected a time zone such as Europe/Berlin').default('UTC'),
    min: integer(0, 10_000),
    max: integer(1, 10_000),
  })
  .refine(({ min, max }) => min <= max, { path: ['min'], message: 'expected at most max' });

const provisionedSchema = z
  .strictObject({
    kind: z.literal('provisioned'),
    min: setting(
      integer(1, 10_000),
      'environments',
      'Kept warm at all times; the old system kept 3 replicas.',
    ),
    max: setting(
      integer(1, 10_000),
      'environments',
      'Bounds the cost of a peak; beyond it requests spill over to cold starts.',
    ),
    targetUtilization: setting(
      z.number().min(0.1).max(0.9),
      'share',
      'Scales out above it. Application Auto Scaling takes 0.1 to 0.9; the old system scaled at 70 % of CPU.',
    ),
    schedules: setting(
      z.array(scheduleSchema),
      'list',
      'Peaks that are known in advance, which target tracking follows minutes late.',
    ),
  })
  .refine(({ min, max }) => min <= max, { path: ['min'], message: 'expected at most max' });

const coldStartSchema = z.discriminatedUnion('kind', [
  provisionedSchema,
  z.strictObject({ kind: z.literal('snapstart') }),
  z.strictObject({ kind: z.literal('on-demand') }),
]);

/** The shift shapes that CodeDeploy offers for Lambda: so many percent at first or at a time, every so many minutes. */
const shift = (kind: 'canary' | 'linear') =>
  z.strictObject({ kind: z.literal(kind), percent: integer(1, 99), minutes: integer(1, 2880) });

const deliverySchema = z.discriminatedUnion('kind', [
  shift('canary'),
  shift('linear'),
  z.strictObject({ kind: z.literal('all-at-once') }),
  z.strictObject({ kind: z.literal('in-place') }),
]);

const throttle = z
  .strictObject({ ratePerSecond: z.number().positive().max(10_000), burst: integer(1, 5000) })
  .refine(({ ratePerSecond, burst }) => burst >= Math.floor(ratePerSecond / 10), {
    path: ['burst'],
    message: 'expected at least a tenth of ratePerSecond',
  });

const origin = z.union([
  z.literal('*'),
  z.string().regex(/^https?:\/\/[^/\s,*]+$/, 'expected an origin such as https://app.example.com, or *'),
]);

const alarmsSchema = z
  .strictObject({
    p95LatencyMs: setting(integer(1, 29_000), 'ms', 'The slowest twentieth of predictions, end to end.'),
    p99LatencyMs: setting(integer(1, 29_000), 'ms', 'The slowest hundredth, end to end.'),
    errorPercent: setting(percent, '% of requests', 'Answers of 5xx; those of 4xx are the caller’s.'),
    cpuPercent: setting(
      percent,
      '%',
      'Mean over requests; inference alone uses near all of one vCPU while it runs.',
    ),
    memoryPercent: setting(percent, '%', 'Highest resident memory; at 100 % Lambda kills the environment.'),
    failedEnvironments: setting(integer(1, 10_000), 'per 5 minutes', 'Failed inits, crashes and timeouts.'),
    utilizationPercent: setting(percent, '%', 'Of provisioned concurrency; above it spillover is near.'),
    lowConfidencePercent: setting(
      percent,
      '% of predictions',
      'Share with a top-1 probability under 0.3: input drift.',
    ),
    availabilityPercent: setting(
      z.number().min(90).max(99.99),
      '%',
      'The objective whose error budget the burn-rate alarms guard.',
    ),
  })
  .refine(({ p95LatencyMs, p99LatencyMs }) => p95LatencyMs <= p99LatencyMs, {
    path: ['p95LatencyMs'],
    message: 'expected at most p99LatencyMs',
  });

/** Everything that may differ between two stages. */
export const settingsSchema = z
  .strictObject({
    architecture: setting(
      z.enum(['x86_64', 'arm64']),
      '',
      'x86_64 is what the figures were measured on; arm64 costs a fifth less per GB-second.',
    ),
    memoryMiB: setting(integer(512, 10_240), 'MiB', 'Buys CPU too: one vCPU per 1,769 MiB.'),
    timeoutSeconds: setting(
      integer(3, GATEWAY_TIMEOUT_SECONDS),
      's',
      'Below the 29 s of API Gateway, so that the function logs its own timeout first.',
    ),
    ephemeralStorageMiB: setting(
      integer(512, 10_240),
      'MiB',
      'Nothing is written to /tmp; 512 is the least and is free.',
    ),
    coldStart: setting(coldStartSchema, '', 'How first requests are kept fast.'),
    reservedConcurrency: setting(
      z.union([off, integer(1, 10_000)]),
      'environments',
      'Off leaves the account’s pool to every function; a number is both a guarantee and a ceiling.',
    ),
    throttle: setting(throttle, 'requests/s', 'Of the whole API: the ceiling of what a flood can cost.'),
    apiKeys: setting(
      z.union([
        off,
        z.strictObject({
          ratePerSecond: z.number().positive().max(10_000),
          burst: integer(1, 5000),
          requestsPerDay: z.union([off, integer(1, 1_000_000_000)]),
        }),
      ]),
      'requests/s',
      'A usage plan for each key. Pages, health and the API description never need one.',
    ),
    waf: setting(
      z.union([off, z.strictObject({ requestsPer5Minutes: integer(10, 2_000_000_000) })]),
      'requests/address',
      'Managed rules, IP reputation and a rate limit for each address.',
    ),
    corsOrigins: setting(z.array(origin), 'list', 'Web pages of other origins that may call the API.'),
    logLevel: setting(z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']), '', 'Of the service’s own log.'),
    logRetentionDays: setting(
      z.number().refine((days) => RETENTION_DAYS.includes(days), {
        error: `expected a retention that CloudWatch Logs offers: ${RETENTION_DAYS.join(', ')}`,
      }),
      'days',
      'Logs are kept no longer than they are of use.',
    ),
    tracing: setting(z.boolean(), '', 'X-Ray traces of the API and the function.'),
    delivery: setting(deliverySchema, '% · minutes', 'How traffic moves to a new version.'),
    probe: setting(
      z.union([off, z.strictObject({ everyMinutes: integer(1, 60), timeoutMs: integer(100, 30_000) })]),
      'min · ms',
      'Asks for /ready through the public URL, as a client would.',
    ),
    alarms: setting(alarmsSchema, '', 'Thresholds.'),
    paging: setting(z.boolean(), '', 'A composite alarm, so that one cause pages once.'),
    notificationEmails: setting(
      z.array(z.email()),
      'list',
      'Subscribed to alarms; each address confirms by mail.',
    ),
    domain: setting(
      z.union([
        off,
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
      ]),
      '',
      'A name of your own, by TLS 1.2 or newer.',
    ),
    vpc: setting(
      z.union([
        off,
        z.strictObject({
          vpcId: z.string().regex(/^vpc-[0-9a-f]+$/, 'expected the id of a VPC, vpc-…'),
          availabilityZones: z.array(z.string()).min(1),
          privateSubnetIds: z.array(z.string().regex(/^subnet-[0-9a-f]+$/, 'expected subnet-…')).min(1),
        }),
      ]),
      '',
      'Only where images are fetched from private networks: it needs NAT for the public internet.',
    ),
    removalPolicy: setting(
      z.enum(['destroy', 'retain']),
      '',
      'What happens to logs when the stack is deleted.',
    ),
    tags: setting(
      z.record(z.string().min(1).max(128), z.string().max(256)),
      '',
      'On every resource, for cost allocation.',
    ),
  })
  .superRefine((settings, context) => {
    const { coldStart, reservedConcurrency, vpc } = settings;
    if (
      coldStart.kind === 'provisioned' &&
      reservedConcurrency !== 'off' &&
      reservedConcurrency < coldStart.max
    ) {
      context.addIssue({
        code: 'custom',
        path: ['reservedConcurrency'],
        message: `expected off or at least coldStart.max (${coldStart.max})`,
        input: reservedConcurrency,
      });
    }
    if (vpc !== 'off' && vpc.availabilityZones.length !== vpc.privateSubnetIds.length) {
      context.addIssue({
        code: 'custom',
        path: ['vpc', 'privateSubnetIds'],
        message: `expected one for each of the ${vpc.availabilityZones.length} availability zones`,
        input: vpc.privateSubnetIds,
      });
    }
  });

export type Settings = z.output<typeof settingsSchema>;
export type ColdStart = Settings['coldStart'];
export type Delivery = Settings['delivery'];

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
