import { Aws, Duration, Fn, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { SnsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { allowedSources } from '../../../lambda/config/jobs.ts';
import type { Environment } from '../../../lambda/config.ts';
import type { WebhookEnvironment } from '../../../lambda/jobs/webhook/settings.ts';
import { JOB_STEPS_CONCURRENCY, WEBHOOK_CONCURRENCY } from '../../settings/concurrency.ts';
import type { JobsOn } from '../../settings/jobs.ts';
import type { Stage } from '../../stages.ts';
import type { ServiceImage } from '../service-image.ts';
import { Access } from './access.ts';
import { JobsBucket } from './bucket.ts';
import { acknowledgeMapRun, jobDefinition } from './job-definition.ts';
import { Machine, machineArn } from './machine.ts';
import { callSteps } from './steps-calls.ts';
import { VersionedFunction } from './versioned-function.ts';
import { webhookDefinition } from './webhook-definition.ts';

/** They run no model. The steps put results together, for which they need a whole CPU. */
const STEPS_MEMORY_MIB = 1769;
const WEBHOOK_MEMORY_MIB = 256;
/** The longest that Lambda allows. */
const LONG_SECONDS = 900;
const WEBHOOK_SECONDS = 30;
/** The last attempt starts after 26 hours. */
const WEBHOOK_HOURS = 30;
/** Base64 of 36 bytes. Standard Webhooks asks for 24 to 64. */
const SECRET_CHARACTERS = 48;

const JOBS = 'jobs';
const WEBHOOKS = 'webhooks';

export interface JobsProps {
  readonly image: ServiceImage;
  readonly stage: Stage;
  readonly jobs: JobsOn;
}

/**
 * Uploads, jobs and results: a bucket, the state machine that runs a job, the workers that classify its images, and the
 * state machine that tells a caller's own server about its end. There is no database: Step Functions knows the state of
 * a job, and S3 its results.
 */
export class Jobs extends Construct {
  readonly bucket: Bucket;
  readonly machine: Machine;
  readonly webhooks: Machine;
  readonly worker: VersionedFunction;
  readonly steps: VersionedFunction;
  readonly secret: Secret;
  /** The settings of the service that takes uploads and jobs. */
  readonly environment: Environment;
  readonly #access: Access;

  constructor(scope: Construct, id: string, { image, stage, jobs }: JobsProps) {
    super(scope, id);
    const { settings } = stage;
    this.bucket = new JobsBucket(this, 'Bucket', { jobs, settings }).bucket;
    this.secret = webhookSecret(this);
    this.#access = new Access(this, {
      bucket: this.bucket,
      sources: allowedSources(jobs.sources.join()),
      jobs: JOBS,
      webhooks: WEBHOOKS,
    });
    const common = {
      STAGE: stage.name,
      JOBS_BUCKET: this.bucket.bucketName,
      ...(jobs.sources.length > 0 ? { JOBS_SOURCES: jobs.sources.join() } : {}),
    };
    this.environment = {
      ...common,
      JOBS_STATE_MACHINE_ARN: machineArn(this, JOBS),
      // Nobody outside the account knows it, and it stays the same for as long as the stack exists.
      JOBS_ID_SALT: Fn.select(2, Fn.split('/', Aws.STACK_ID)),
      MAX_UPLOAD_BYTES: String(jobs.maxUploadBytes),
    };

    this.worker = new VersionedFunction(this, 'Worker', {
      image,
      handler: 'job-worker.handler',
      description: `Classifies the images of jobs, stage ${stage.name}`,
      memoryMiB: jobs.memoryMiB,
      timeoutSeconds: LONG_SECONDS,
      environment: {
        ...common,
        MODELS: settings.models.join(),
        LOG_LEVEL: settings.logLevel,
        MAX_IMAGE_BYTES: String(jobs.maxUploadBytes),
      } satisfies Environment,
      settings,
      reservedConcurrency: jobs.concurrency,
    });
    // These call AWS and receivers on the internet, which a private network may be unable to reach.
    const outside = { ...settings, vpc: 'off' } as const;
    this.steps = new VersionedFunction(this, 'Steps', {
      image,
      handler: 'job-steps.handler',
      description: `Prepares, splits and finishes jobs, stage ${stage.name}`,
      memoryMiB: STEPS_MEMORY_MIB,
      timeoutSeconds: LONG_SECONDS,
      environment: {
        ...common,
        JOBS_STATE_MACHINE_ARN: machineArn(this, JOBS),
        WEBHOOKS_STATE_MACHINE_ARN: machineArn(this, WEBHOOKS),
      },
      settings: outside,
      reservedConcurrency: JOB_STEPS_CONCURRENCY,
    });
    const webhook = new VersionedFunction(this, 'Webhook', {
      image,
      handler: 'job-webhook.handler',
      description: `Tells receivers that a job has ended, stage ${stage.name}`,
      memoryMiB: WEBHOOK_MEMORY_MIB,
      timeoutSeconds: WEBHOOK_SECONDS,
      environment: {
        STAGE: stage.name,
        JOBS_BUCKET: this.bucket.bucketName,
        WEBHOOK_SECRET_ARN: this.secret.secretArn,
      } satisfies WebhookEnvironment,
      settings: outside,
      reservedConcurrency: WEBHOOK_CONCURRENCY,
    });

    this.machine = new Machine(this, 'Machine', {
      name: JOBS,
      start: jobDefinition(this, { bucket: this.bucket, worker: this.worker, steps: this.steps, ...jobs }),
      timeout: Duration.hours(jobs.maxHours),
      invokes: [this.worker, this.steps],
      settings,
    });
    acknowledgeMapRun(this.machine.machine);
    this.webhooks = new Machine(this, 'Webhooks', {
      name: WEBHOOKS,
      start: webhookDefinition(this, webhook),
      timeout: Duration.hours(WEBHOOK_HOURS),
      invokes: [webhook],
      settings,
    });
    this.#access.worker(this.worker.role);
    this.#access.steps(this.steps.role);
    this.#access.webhook(webhook.role, this.secret);
    this.#access.machine(this.machine.role);
    callSteps(this, { steps: this.steps.function, machine: this.machine.machine, stageName: stage.name });
  }

  /** Lets the service take uploads and jobs, and show them. */
  grantUse(role: Role): void {
    this.#access.api(role);
  }

  /** Where a message goes if the end of a job could not be written down. */
  reportTo(topic: ITopic): void {
    this.steps.function.configureAsyncInvoke({ onFailure: new SnsDestination(topic) });
  }
}

function webhookSecret(scope: Construct): Secret {
  const secret = new Secret(scope, 'WebhookSecret', {
    // The name that CloudFormation generates does not begin with the stack's, as the policies in lib/pipeline need it.
    secretName: `${Stack.of(scope).stackName}-webhooks`,
    description: 'Signs webhooks. To rotate it: docs/runbooks/webhooks-failed.md',
    generateSecretString: {
      secretStringTemplate: '{}',
      generateStringKey: 'current',
      passwordLength: SECRET_CHARACTERS,
      excludePunctuation: true,
    },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason:
      'Receivers have to know a new secret before it is used, so a person rotates it: docs/webhooks.md. Nothing outside the function reads it.',
  });
  return secret;
}
