import { z } from 'zod';
import { modelList } from './models.ts';
import { originsSchema } from './origins.ts';
import {
  baseUrl,
  bearerToken,
  bucketName,
  commitName,
  oneOf,
  onOff,
  percentage,
  stageName,
  webhookSecrets,
  wholeNumber,
} from './values.ts';

/**
 * The environment contract: every variable that the service reads, with its type, unit, range and default. The types
 * of the infrastructure come from here. `readConfig` fills in the defaults that depend on where the service runs.
 *
 * What each variable does is in `notes/`, which docs/settings.md and .env.example are made from, so that the texts
 * are not in the bundle.
 */
export const environmentSchema = z.object({
  MODELS: modelList.optional(),
  MODEL_REPOSITORY: z.string().optional(),
  STAGE: stageName,
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber('', 0, 65_535).default(8080),
  MAX_IMAGE_BYTES: wholeNumber('bytes', 1, 100_000_000).optional(),
  MAX_BODY_BYTES: wholeNumber('bytes', 1, 1_000_000_000).optional(),
  MAX_PIXELS: wholeNumber('pixels', 1, 268_000_000).default(50_000_000),
  MAX_BATCH_PIXELS: wholeNumber('pixels', 1, 2_000_000_000).default(200_000_000),
  MAX_SIDE: wholeNumber('pixels', 1, 1_000_000).default(65_535),
  MAX_IN_FLIGHT: wholeNumber('images', 1, 10_000).default(32),
  REQUEST_TIMEOUT_MS: wholeNumber('milliseconds', 100, 600_000).default(30_000),
  MEMORY_LIMIT_MIB: wholeNumber('MiB', 256, 1_048_576).optional(),
  MAX_CONNECTIONS: wholeNumber('connections', 1, 65_535).optional(),
  MAX_ADDRESS_PERCENT: wholeNumber('percent', 1, 100).default(50),
  DRAIN_NOTICE_MS: wholeNumber('milliseconds', 0, 300_000).default(1000),
  INTRA_OP_THREADS: wholeNumber('threads', 1, 256).optional(),
  URL_ALLOW_HTTP: onOff.default(false),
  URL_TIMEOUT_MS: wholeNumber('milliseconds', 1, 60_000).default(10_000),
  URL_IDLE_TIMEOUT_MS: wholeNumber('milliseconds', 1, 60_000).default(5000),
  CORS_ORIGINS: originsSchema.optional(),
  AUTH: oneOf(['api-key', 'iam', 'jwt']).optional(),
  ADMIN: oneOf(['off', 'loopback', 'on']).optional(),
  ADMIN_TOKEN: bearerToken.optional(),
  LOG_LEVEL: oneOf(['DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT']).default('INFO'),
  METRICS: onOff.optional(),
  CAPTURE_BUCKET: bucketName.optional(),
  CAPTURE_PERCENT: percentage.default(1),
  JOBS: onOff.optional(),
  DATA_DIR: z.string().min(1, 'expected a path').optional(),
  DATA_MIB: wholeNumber('MiB', 64, 1_048_576).default(2048),
  MAX_JOBS: wholeNumber('jobs', 1, 100_000).default(1000),
  JOB_KEEP_DAYS: wholeNumber('days', 1, 365).default(7),
  MAX_UPLOAD_BYTES: wholeNumber('bytes', 1, 100_000_000).default(20_000_000),
  WEBHOOK_SECRET: webhookSecrets.optional(),
  PUBLIC_URL: baseUrl.optional(),
  JOBS_BUCKET: bucketName.optional(),
  JOBS_STATE_MACHINE_ARN: z.string().optional(),
  JOBS_SOURCES: z.string().optional(),
  JOBS_ID_SALT: z.string().optional(),
  SERVICE_COMMIT: commitName.optional(),
  AWS_LAMBDA_FUNCTION_NAME: z.string().optional(),
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: wholeNumber('MiB', 128, 32_768).optional(),
  AWS_LAMBDA_INITIALIZATION_TYPE: z.string().optional(),
  AWS_REGION: z.string().optional(),
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
  AWS_SESSION_TOKEN: z.string().optional(),
  AWS_ENDPOINT_URL_S3: z.string().optional(),
});

/** The environment after its checks, with the defaults that do not depend on where the service runs. */
export type EnvironmentValues = z.output<typeof environmentSchema>;

/** The environment as it is written down: names and strings. */
export type Environment = Partial<Record<keyof z.input<typeof environmentSchema>, string>>;
