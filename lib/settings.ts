import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import { alarmsSchema } from './settings/alarms.ts';
import { coldStartSchema } from './settings/cold-start.ts';
import { deliverySchema } from './settings/delivery.ts';
import {
  apiKeysSchema,
  corsOriginsSchema,
  domainSchema,
  throttleSchema,
  vpcSchema,
  wafSchema,
} from './settings/edge.ts';
import { integer, orOff, setting } from './settings/field.ts';

const RETENTION_DAYS = Object.values(RetentionDays).filter((days) => typeof days === 'number');

/** API Gateway gives up on an integration after this many seconds: docs.aws.amazon.com/apigateway, "Quotas". */
export const GATEWAY_TIMEOUT_SECONDS = 29;

/** Everything that may differ between two stages. */
export const settingsSchema = z
  .strictObject({
    architecture: setting(
      z.enum(['x86_64', 'arm64'], 'expected x86_64 or arm64'),
      '',
      'x86_64 is what the figures were measured on; arm64 costs a fifth less per GB-second.',
    ),
    memoryMiB: setting(integer(512, 10_240), 'MiB', 'Buys CPU too: one vCPU per 1,769 MiB.'),
    timeoutSeconds: setting(
      integer(3, GATEWAY_TIMEOUT_SECONDS),
      's',
      'Below the 29 s of API Gateway, so that the function logs its own timeout first.',
    ),
    coldStart: setting(coldStartSchema, '', 'How first requests are kept fast.'),
    reservedConcurrency: setting(
      orOff(integer(1, 10_000), 'a whole number from 1 to 10000'),
      'environments',
      'Off leaves the account’s pool to every function; a number is both a guarantee and a ceiling.',
    ),
    throttle: setting(throttleSchema, 'requests/s', 'The ceiling of what a flood can cost.'),
    apiKeys: setting(
      apiKeysSchema,
      'requests/s',
      'Predictions need a key with a usage plan; pages, health and the API description never do.',
    ),
    waf: setting(
      wafSchema,
      'requests/address',
      'Managed rules, the reputation of addresses and a rate limit for each.',
    ),
    corsOrigins: setting(corsOriginsSchema, 'list', 'Web pages of other origins that may call the API.'),
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
      orOff(
        z.strictObject({ everyMinutes: integer(1, 60), timeoutMs: integer(100, 30_000) }),
        'everyMinutes and timeoutMs',
      ),
      'min · ms',
      'Asks for /ready through the public URL, as a client would.',
    ),
    alarms: setting(alarmsSchema, '', 'The thresholds of the alarms.'),
    paging: setting(z.boolean(), '', 'A composite alarm, so that one cause pages once.'),
    notificationEmails: setting(
      z.array(z.email('expected an e-mail address')),
      'list',
      'Subscribed to alarms; each address confirms by mail.',
    ),
    runbooksUrl: setting(
      orOff(z.url({ protocol: /^https$/, error: 'expected an https URL' }), 'an https URL'),
      '',
      'Where docs/runbooks is published, so that alarms hold a link to their runbook and not a path.',
    ),
    domain: setting(domainSchema, '', 'A name of your own, by TLS 1.2 or newer.'),
    vpc: setting(
      vpcSchema,
      '',
      'Only where images are fetched from private networks: it needs NAT for the public internet.',
    ),
    removalPolicy: setting(
      z.enum(['destroy', 'retain'], 'expected destroy or retain'),
      '',
      'What becomes of the logs when the stack is deleted.',
    ),
    tags: setting(
      z.record(z.string().min(1).max(128), z.string().max(256)),
      '',
      'On every resource, for cost allocation.',
    ),
  })
  .refine(
    ({ coldStart, reservedConcurrency }) =>
      coldStart.kind !== 'provisioned' ||
      reservedConcurrency === 'off' ||
      reservedConcurrency >= coldStart.max,
    { path: ['reservedConcurrency'], message: 'expected "off" or at least coldStart.max' },
  );

export type Settings = z.output<typeof settingsSchema>;
export type ColdStart = Settings['coldStart'];
