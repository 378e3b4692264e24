import { fromStage, type Topic } from './notes.ts';

export const JOBS = {
  JOBS: {
    text: 'Whether the service offers [uploads and jobs](jobs.md).',
    example: 'off',
    unset: '`on`',
    lambda: fromStage('jobs'),
  },
  DATA_DIR: {
    text: 'The folder of uploads, jobs and results of the HTTP server.',
    example: '/srv/classifier-data',
    form: 'a path',
    unset: '`.data/` of the repository',
    image: '/data',
    lambda: 'not used',
  },
  DATA_MIB: {
    text: 'The most that `DATA_DIR` may hold.',
    example: '8192',
    lambda: 'not used',
  },
  MAX_JOBS: {
    text: 'Jobs at a time: those that have not ended.',
    example: '100',
    lambda: 'not used',
  },
  JOB_KEEP_DAYS: {
    text: 'How long `DATA_DIR` keeps a job after it has ended.',
    example: '30',
    lambda: '`jobs.keepDays` of the stage',
  },
  MAX_UPLOAD_BYTES: {
    text: 'The size of one uploaded photo, and of one image of a job.',
    example: '50000000',
    lambda: fromStage('jobs.maxUploadBytes'),
  },
  WEBHOOK_SECRET: {
    text: 'The secret that [webhooks](webhooks.md#the-secret) are signed with. During a rotation set two, the new one first. Make one with `echo "whsec_$(openssl rand -base64 32)"`.',
    example: '',
    unset: 'none, so jobs with a webhook are refused',
    lambda: 'not used: the stage keeps its secret in AWS Secrets Manager',
  },
} as const satisfies Topic;

/** Set by the stage or by Lambda, never by a person. */
export const LAMBDA = {
  JOBS_BUCKET: {
    text: 'The bucket of uploads, jobs and results.',
    example: 'resnet50-prod-jobs',
    unset: 'none, so there are no uploads and jobs',
    lambda: fromStage('jobs'),
  },
  JOBS_STATE_MACHINE_ARN: {
    text: 'The Step Functions state machine that runs jobs.',
    example: 'arn:aws:states:eu-central-1:123456789012:stateMachine:jobs',
    form: 'an ARN',
    unset: 'none',
    lambda: fromStage('jobs'),
  },
  JOBS_SOURCES: {
    text: 'Buckets that jobs may read, each with an optional prefix, separated by commas.',
    example: 'photos/2026/,archive',
    form: 'a list of buckets',
    unset: 'none',
    lambda: fromStage('jobs.sources'),
  },
  JOBS_ID_SALT: {
    text: 'A text that makes the ids of jobs with an idempotency key unguessable.',
    example: '5f0a8c1e-2b7d-4e39-9c64-d1a7b3f20e58',
    form: 'a text',
    unset: 'none',
    lambda: 'the id of the CloudFormation stack',
  },
  SERVICE_COMMIT: {
    text: 'The commit that the image was built from, as `GET /model` shows it. `npm run image` and the pipeline give it to the image.',
    example: '3f2a9c41d7e85b60a1f4c2d9e8b7a6053c1d2e4f',
    unset: 'none, so no commit is shown',
    image: 'unknown',
  },
  AWS_LAMBDA_FUNCTION_NAME: {
    text: 'The name of the function. If it is set, the service has the defaults for Lambda.',
    example: 'classify',
    form: 'a name',
    unset: 'none',
    lambda: 'set by Lambda',
  },
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: {
    text: 'The memory of the function.',
    example: '1769',
    unset: 'none',
    lambda: '`memoryMiB` of the stage',
  },
  AWS_LAMBDA_INITIALIZATION_TYPE: {
    text: 'How the execution environment was started. It decides what is loaded before the first request.',
    example: 'provisioned-concurrency',
    form: '`on-demand`, `provisioned-concurrency` or `snap-start`',
    unset: 'none',
    lambda: 'set by Lambda',
  },
} as const satisfies Topic;
