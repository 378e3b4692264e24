import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import { alarmsSchema } from './settings/alarms.ts';
import { authSchema } from './settings/auth.ts';
import { coldStartSchema } from './settings/cold-start.ts';
import { costWatchSchema } from './settings/cost-watch.ts';
import { deliverySchema } from './settings/delivery.ts';
import { corsOriginsSchema, domainSchema, throttleSchema, vpcSchema, wafSchema } from './settings/edge.ts';
import { flag, integer, orOff } from './settings/field.ts';
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
    architecture: z
      .enum(['x86_64', 'arm64'], 'expected x86_64 or arm64')
      .describe(
        'The processor of the functions, and so the one that the image is built for. arm64 costs 20 % less per GB-second. The benchmarks were measured on x86_64.',
      ),
    memoryMiB: integer(512, 10_240, 'MiB').describe(
      'The memory of the function. Lambda assigns CPU in proportion: one vCPU per 1,769 MiB.',
    ),
    models: modelsSchema().describe(
      'Folders in `models/` that the image gets and the function loads, the default model first. A second model takes its memory and a part of every cold start.',
    ),
    timeoutSeconds: integer(3, GATEWAY_TIMEOUT_SECONDS, 'seconds').describe(
      'How long the function may take for a request. Keep it under the 29 s of API Gateway, so that Lambda times out first and logs it.',
    ),
    coldStart: coldStartSchema.describe(
      'How cold starts are avoided: with environments that are kept warm (`provisioned`), by starting from a snapshot (`snapstart`), or not at all (`on-demand`). Lambda does not allow SnapStart together with provisioned concurrency.',
    ),
    reservedConcurrency: orOff(
      integer(1, 10_000, 'environments'),
      'a whole number of environments from 1 to 10000',
    ).describe(
      'Concurrency that is reserved for this function, and is also its maximum. With `"off"` it shares the account’s concurrency.',
    ),
    throttle: throttleSchema.describe(
      'Limits of each method, for all callers together. AWS treats them as targets, not as hard limits.',
    ),
    auth: authSchema.describe(
      'How callers of predictions prove who they are: with an API key, whose limits apply to each key (`api-key`), with AWS credentials (`iam`), or with a token of an OpenID Connect issuer (`jwt`). With `iam` and `jwt` a caller has no limits of its own, only those of `throttle`, which all callers share, and of `waf`. Pages, health checks and the API description are open. See [deployment.md](deployment.md#who-may-call).',
    ),
    waf: wafSchema.describe(
      'A firewall with AWS’s managed rules, its list of bad addresses, and a rate limit per client address.',
    ),
    corsOrigins: corsOriginsSchema.describe('Origins of other websites whose pages may call the API.'),
    logLevel: z
      .enum(['DEBUG', 'INFO', 'WARN', 'ERROR'], 'expected DEBUG, INFO, WARN or ERROR')
      .describe('The least severe level that the service logs. `qualityWatch` needs `INFO` or `DEBUG`.'),
    logRetentionDays: z
      .number(RETENTION)
      .refine((days) => RETENTION_DAYS.includes(days), RETENTION)
      .describe('How long logs are kept: longer than `qualityWatch.baselineDays`.'),
    tracing: flag.describe('X-Ray traces of the API and the function.'),
    inputCapture: inputCaptureSchema.describe(
      'Keeps a random sample of the images in a bucket. Photos may show people: read [security.md](security.md#a-sample-of-the-images) first.',
    ),
    jobs: jobsSchema.describe(
      'Uploads of large photos, jobs, and jobs over whole buckets: [jobs.md](jobs.md) and [buckets.md](buckets.md).',
    ),
    delivery: deliverySchema.describe(
      'How traffic moves to a new version: a part first and then the rest (`canary`), in equal steps (`linear`), at once (`all-at-once`), or by CloudFormation alone, without the checks of the new version (`in-place`).',
    ),
    canaryClasses: z
      .array(z.string(CLASSES).min(1, CLASSES), CLASSES)
      .min(1, CLASSES)
      .describe(
        'What the default model may see in `examples/cat.jpg`, which the checks of a deployment and `npm run smoke` send: WordNet ids or labels. The default is five kinds of cat.',
      ),
    probe: orOff(
      z.strictObject({
        everyMinutes: integer(1, 60, 'minutes').describe('The time between two calls.'),
        timeoutMs: integer(100, 30_000, 'ms').describe('The call fails after this time.'),
      }),
      'an object with everyMinutes and timeoutMs',
    ).describe('A function that calls `/ready` through the public URL, as a client would.'),
    alarms: alarmsSchema.describe('The thresholds of the alarms: [the runbooks](runbooks/README.md).'),
    paging: flag.describe('A composite alarm that pages once per outage.'),
    notificationEmails: z
      .array(z.email('expected an e-mail address'))
      .describe('Addresses that receive the alarms. Each has to confirm its subscription by e-mail.'),
    notificationUrls: urlsSchema.describe(
      'HTTPS endpoints that receive alarms, such as PagerDuty’s. The endpoint has to confirm its subscription.',
    ),
    notificationChats: chatsSchema.describe(
      'Channels of Slack or Teams that receive alarms. First authorise the workspace in Amazon Q Developer in chat applications.',
    ),
    deploymentNotes: flag.describe(
      'Tells those who receive alarms of each deployment and rollback, by e-mail, at their URLs and in their chats. `npm run deploy` and `npm run rollback` send the note.',
    ),
    costWatch: costWatchSchema.describe('Reports days that cost more than expected, and unusual spending.'),
    qualityWatch: qualityWatchSchema.describe(
      'Compares the predicted classes and confidences of each day with those of the days before it.',
    ),
    runbooksUrl: orOff(
      z.url({ protocol: /^https$/, error: 'expected an https URL' }),
      'an https URL',
    ).describe(
      'Where the Markdown files of `docs/runbooks` can be read, such as their folder on GitHub: alarms and the ' +
        'dashboard then link to `NAME.md` in it. Otherwise they show its path.',
    ),
    domain: domainSchema.describe(
      'A custom domain name, in a hosted zone of Route 53. The host name that AWS generates is then off.',
    ),
    vpc: vpcSchema.describe(
      'The private network of the function. It is needed only to fetch images from private networks. The public internet then needs a NAT gateway. Without one, jobs need endpoints of S3 and Step Functions.',
    ),
    removalPolicy: z
      .enum(['destroy', 'retain'], 'expected destroy or retain')
      .describe('Whether logs and captured images are kept when the CloudFormation stack is deleted.'),
    tags: z
      .record(z.string().min(1).max(128), z.string(TAGS).max(256, TAGS), TAGS)
      .describe('Tags of every resource, for example for cost allocation.'),
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
