import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import { alarmsSchema } from './settings/alarms.ts';
import { authSchema } from './settings/auth.ts';
import { coldStartSchema } from './settings/cold-start.ts';
import { costWatchSchema } from './settings/cost-watch.ts';
import { deliverySchema } from './settings/delivery.ts';
import { corsOriginsSchema, domainSchema, throttleSchema, vpcSchema, wafSchema } from './settings/edge.ts';
import { flag, integer, integerSetting, orOff, setting } from './settings/field.ts';
import { inputCaptureSchema } from './settings/input-capture.ts';
import { jobsSchema } from './settings/jobs.ts';
import { modelsSchema, unknownClasses } from './settings/models.ts';
import { qualityWatchSchema } from './settings/quality-watch.ts';
import { chatsSchema, urlsSchema } from './settings/subscribers.ts';

const RETENTION_DAYS = Object.values(RetentionDays).filter((days) => typeof days === 'number');
const RETENTION = `expected a number of days that CloudWatch Logs offers: ${RETENTION_DAYS.join(', ')}`;
const TAGS = 'expected names of 1 to 128 characters and texts of at most 256';
const CLASSES = 'expected a list of WordNet ids or labels, such as n02124075 or "Egyptian cat"';

/** API Gateway waits this long for an integration: docs.aws.amazon.com/apigateway, "Quotas". */
export const GATEWAY_TIMEOUT_SECONDS = 29;

/** Everything that can differ between two stages. */
export const settingsSchema = z
  .strictObject({
    architecture: setting(
      z.enum(['x86_64', 'arm64'], 'expected x86_64 or arm64'),
      '',
      'The benchmarks were measured on x86_64. arm64 costs 20 % less per GB-second.',
    ),
    memoryMiB: integerSetting(
      512,
      10_240,
      'MiB',
      'Lambda assigns CPU in proportion to memory: one vCPU per 1,769 MiB.',
    ),
    models: setting(
      modelsSchema(),
      'list',
      'Folders in models/ that the image gets and the function loads, the default model first. A second model takes its memory and a part of every cold start.',
    ),
    timeoutSeconds: integerSetting(
      3,
      GATEWAY_TIMEOUT_SECONDS,
      'seconds',
      'Less than the 29 s of API Gateway, so that Lambda times out first and logs it.',
    ),
    coldStart: setting(coldStartSchema, '', 'How cold starts are avoided.'),
    reservedConcurrency: setting(
      orOff(integer(1, 10_000, 'environments'), 'a whole number of environments from 1 to 10000'),
      'environments',
      'A number is reserved for this function and is also its maximum. Off: it shares the account’s concurrency.',
    ),
    throttle: setting(
      throttleSchema,
      'requests/s',
      'Limits of each method, for all callers together. AWS treats them as targets, not as hard limits.',
    ),
    auth: setting(
      authSchema,
      'requests/s',
      'How callers of predictions prove who they are: with an API key, whose limits apply to each key; with AWS credentials (iam); or with a token of an OpenID Connect issuer (jwt). With iam and jwt a caller has no limits of its own, only those of throttle, which all callers share, and of waf. Pages, health checks and the API description are open. See docs/deployment.md, Who may call.',
    ),
    waf: setting(
      wafSchema,
      'requests/address',
      'A firewall with AWS’s managed rules, its list of bad addresses, and a rate limit per client address.',
    ),
    corsOrigins: setting(corsOriginsSchema, 'list', 'Origins of other websites that may call the API.'),
    logLevel: setting(
      z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR'], 'expected DEBUG, INFO, WARN or ERROR'),
      '',
      'For the service’s own log.',
    ),
    logRetentionDays: setting(
      z.number(RETENTION).refine((days) => RETENTION_DAYS.includes(days), RETENTION),
      'days',
      'How long logs are kept.',
    ),
    tracing: setting(flag, '', 'X-Ray traces of the API and the function.'),
    inputCapture: setting(
      inputCaptureSchema,
      '% of images · days',
      'Keeps a random sample of the images for keepDays. Photos may show people: read docs/security.md first.',
    ),
    jobs: setting(
      jobsSchema,
      'environments · MiB · bytes · days · hours · list',
      'Uploads of large photos, jobs, and jobs over whole buckets: docs/jobs.md. Concurrency is reserved for jobs, and is their maximum. Every caller may classify all objects of sources: docs/buckets.md.',
    ),
    delivery: setting(
      deliverySchema,
      '% · minutes · photos/minute',
      'How traffic moves to a new version, how long its alarms watch it afterwards, and how many photos they get.',
    ),
    canaryClasses: setting(
      z.array(z.string(CLASSES).min(1, CLASSES), CLASSES).min(1, CLASSES),
      'list',
      'What the default model may see in examples/cat.jpg, which the checks of a deployment and npm run smoke send: WordNet ids or labels. The default is five kinds of cat.',
    ),
    probe: setting(
      orOff(
        z.strictObject({
          everyMinutes: integer(1, 60, 'minutes'),
          timeoutMs: integer(100, 30_000, 'ms'),
        }),
        'an object with everyMinutes and timeoutMs',
      ),
      'min · ms',
      'Calls /ready through the public URL, as a client would.',
    ),
    alarms: setting(alarmsSchema, '', 'The thresholds of the alarms.'),
    paging: setting(flag, '', 'A composite alarm that pages once per outage.'),
    notificationEmails: setting(
      z.array(z.email('expected an e-mail address')),
      'list',
      'Addresses that receive the alarms. Each has to confirm its subscription by e-mail.',
    ),
    notificationUrls: setting(
      urlsSchema,
      'list',
      'HTTPS endpoints, such as PagerDuty’s, for alarms (alerts), pages or both. The endpoint has to confirm its subscription.',
    ),
    notificationChats: setting(
      chatsSchema,
      'list',
      'Channels of Slack or Teams, for alarms (alerts), pages or both. First authorise the workspace in Amazon Q Developer in chat applications.',
    ),
    deploymentNotes: setting(
      flag,
      '',
      'Tells those who receive alerts of each deployment and rollback, by e-mail, at their URLs and in their chats. npm run deploy and npm run rollback send the note.',
    ),
    costWatch: setting(
      costWatchSchema,
      'requests/s · % · USD',
      'Reports a day that costs more than percentOfExpected of the cost model at requestsPerSecond, and unusual spending above anomalyUsd.',
    ),
    qualityWatch: setting(
      qualityWatchSchema,
      'days',
      'Compares the predicted classes and confidences of each day with the baselineDays before it. Set baselineFrom to the day of an intended change.',
    ),
    runbooksUrl: setting(
      orOff(z.url({ protocol: /^https$/, error: 'expected an https URL' }), 'an https URL'),
      '',
      'Where docs/runbooks is published. Alarms and the dashboard then link to it; otherwise they show its path.',
    ),
    domain: setting(domainSchema, '', 'A custom domain name. The host name that AWS generates is then off.'),
    vpc: setting(
      vpcSchema,
      '',
      'Needed only to fetch images from private networks. The public internet then needs a NAT gateway. Without one, jobs need endpoints of S3 and Step Functions.',
    ),
    removalPolicy: setting(
      z.enum(['destroy', 'retain'], 'expected destroy or retain'),
      '',
      'Whether logs and captured images are kept when the CloudFormation stack is deleted.',
    ),
    tags: setting(
      z.record(z.string().min(1).max(128), z.string(TAGS).max(256, TAGS), TAGS),
      '',
      'Added to every resource, for cost allocation.',
    ),
  })
  .refine(
    ({ coldStart, reservedConcurrency }) =>
      coldStart.kind !== 'provisioned' ||
      reservedConcurrency === 'off' ||
      reservedConcurrency >= coldStart.max,
    { path: ['reservedConcurrency'], message: 'expected "off" or at least coldStart.max' },
  )
  .refine(
    ({ qualityWatch, logRetentionDays }) =>
      qualityWatch === 'off' || logRetentionDays > qualityWatch.baselineDays,
    { path: ['logRetentionDays'], message: 'expected more days than qualityWatch.baselineDays' },
  )
  .refine(({ qualityWatch, logLevel }) => qualityWatch === 'off' || ['DEBUG', 'INFO'].includes(logLevel), {
    path: ['logLevel'],
    // A line about a prediction has the level INFO. Without such lines, no day would have any images.
    message: 'expected DEBUG or INFO for qualityWatch, which counts the lines about predictions',
  })
  .refine(({ coldStart, inputCapture }) => coldStart.kind !== 'snapstart' || inputCapture === 'off', {
    path: ['inputCapture'],
    // With SnapStart, a role's credentials are not in the environment variables, which the service reads:
    // docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html, "credentials".
    message: 'expected "off" with coldStart.kind snapstart',
  })
  .refine(({ jobs, alarms }) => jobs === 'off' || alarms.oldestJobHours < jobs.maxHours, {
    path: ['alarms', 'oldestJobHours'],
    // A job that has run for maxHours has failed.
    message: 'expected less than jobs.maxHours',
  })
  .refine(({ jobs }) => jobs === 'off' || 24 * jobs.keepDays >= jobs.maxHours + 24, {
    path: ['jobs', 'keepDays'],
    // What is deleted is as old as the first results of a job, which are merged when it ends.
    message: 'expected a day more than jobs.maxHours',
  })
  .superRefine(({ models, canaryClasses }, context) => {
    for (const position of unknownClasses(models, canaryClasses)) {
      context.addIssue({
        code: 'custom',
        path: ['canaryClasses', position],
        message: `expected a WordNet id or a label of ${models[0]}, the default model`,
      });
    }
  });

export type Settings = z.output<typeof settingsSchema>;
export type ColdStart = Settings['coldStart'];
