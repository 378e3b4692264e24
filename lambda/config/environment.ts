import { z } from 'zod';
import { modelList } from './models.ts';
import { originsSchema } from './origins.ts';
import {
  baseUrl,
  bearerToken,
  bucketName,
  oneOf,
  onOff,
  percentage,
  stageName,
  webhookSecrets,
  wholeNumber,
} from './values.ts';

/**
 * The environment contract: every variable that the service reads, with its unit and default. The types of
 * the infrastructure come from here. `readConfig` fills in the defaults that depend on where the service
 * runs.
 */
export const environmentSchema = z.object({
  /**
   * The models, separated by commas, the default model first: names of folders in MODEL_REPOSITORY, or paths of
   * folders with a `manifest.json`. Default: `resnet50`, and elsewhere than on Lambda also all others there.
   */
  MODELS: modelList.optional(),
  /** The folder of the bundles that MODELS names. Default: `models/` of the repository. */
  MODEL_REPOSITORY: z.string().optional(),
  STAGE: stageName,
  /** Address and port of the HTTP server; not used on Lambda. */
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber('', 0, 65_535).default(8080),
  /**
   * Bytes of one image. Default: 4,500,000 on Lambda (its 6 MB payload, less base64), 20,000,000 elsewhere.
   */
  MAX_IMAGE_BYTES: wholeNumber('bytes', 1, 100_000_000).optional(),
  /**
   * Bytes of a whole request body, such as a batch. Default: 6,000,000 on Lambda, 64,000,000 elsewhere; less
   * where memory is scarce.
   */
  MAX_BODY_BYTES: wholeNumber('bytes', 1, 1_000_000_000).optional(),
  /** Width times height of one image. */
  MAX_PIXELS: wholeNumber('pixels', 1, 268_000_000).default(50_000_000),
  /** The sum over all images of a batch. */
  MAX_BATCH_PIXELS: wholeNumber('pixels', 1, 2_000_000_000).default(200_000_000),
  /** The longer side of one image. */
  MAX_SIDE: wholeNumber('pixels', 1, 1_000_000).default(65_535),
  /**
   * Images being predicted at the same time. As many again wait for up to 2 s; the rest are refused with 503.
   */
  MAX_IN_FLIGHT: wholeNumber('images', 1, 10_000).default(32),
  /**
   * From the headers of a request to its answer. On Lambda, the time left until the function's own timeout is
   * used instead.
   */
  REQUEST_TIMEOUT_MS: wholeNumber('milliseconds', 100, 600_000).default(30_000),
  /**
   * Memory that the process may use. Default: Lambda's memory, or the limit of the container, or half of the
   * machine's memory up to 4 GiB.
   */
  MEMORY_LIMIT_MIB: wholeNumber('MiB', 256, 1_048_576).optional(),
  /** Connections of the HTTP server. Default: one for every 4 MiB of memory, 64 to 1024. */
  MAX_CONNECTIONS: wholeNumber('connections', 1, 65_535).optional(),
  /**
   * Share of the connections, and of the memory for bodies, that one client address may take. Use 100 behind
   * a load balancer.
   */
  MAX_ADDRESS_PERCENT: wholeNumber('percent', 1, 100).default(50),
  /** From SIGTERM until the server refuses new connections. `/ready` says 503 during this time. */
  DRAIN_NOTICE_MS: wholeNumber('milliseconds', 0, 300_000).default(1000),
  /**
   * Threads of the ONNX Runtime session. Default: the CPUs that the function or the container may use,
   * rounded.
   */
  INTRA_OP_THREADS: wholeNumber('threads', 1, 256).optional(),
  /** `on` lets `/predict/url` fetch http:// URLs as well as https:// ones. */
  URL_ALLOW_HTTP: onOff.default(false),
  /** For the whole fetch of a URL. */
  URL_TIMEOUT_MS: wholeNumber('milliseconds', 1, 60_000).default(10_000),
  /** A fetch is aborted after this time without a byte. */
  URL_IDLE_TIMEOUT_MS: wholeNumber('milliseconds', 1, 60_000).default(5000),
  /**
   * Origins whose pages may call the API from a browser, or `*` for all. Default: none, so no CORS headers
   * are sent.
   */
  CORS_ORIGINS: originsSchema.optional(),
  /**
   * What the gateway in front of the service requires of predictions. The service checks nothing; it only
   * describes it. Default: unknown, so the description says that a key may be required.
   */
  AUTH: oneOf(['api-key', 'iam', 'jwt']).optional(),
  /**
   * Who may read the live view and the metrics of the HTTP server: nobody, clients on the same machine, or
   * everybody. Default: `loopback`; on Lambda `off`, and no other value.
   */
  ADMIN: oneOf(['off', 'loopback', 'on']).optional(),
  /**
   * Clients that send this bearer token may read them from any address. With ADMIN=on, all clients need it.
   */
  ADMIN_TOKEN: bearerToken.optional(),
  LOG_LEVEL: oneOf(['DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT']).default('INFO'),
  /**
   * CloudWatch metrics in embedded metric format on standard output, unless that is a terminal. Default: on
   * for Lambda, off elsewhere.
   */
  METRICS: onOff.optional(),
  /**
   * S3 bucket that gets a copy of a sample of the classified images. Default: none, so no image is kept. It
   * needs the AWS variables below.
   */
  CAPTURE_BUCKET: bucketName.optional(),
  /** Share of the classified images that is captured. */
  CAPTURE_PERCENT: percentage.default(1),
  /** Whether uploads and jobs are offered. Default: on; on Lambda only if JOBS_STATE_MACHINE_ARN is set. */
  JOBS: onOff.optional(),
  /** The folder of uploads, jobs and results of the HTTP server. Default: `.data/` of the repository. */
  DATA_DIR: z.string().min(1, 'expected a path').optional(),
  /** What DATA_DIR may hold. */
  DATA_MIB: wholeNumber('MiB', 64, 1_048_576).default(2048),
  /** Jobs that have not ended. */
  MAX_JOBS: wholeNumber('jobs', 1, 100_000).default(1000),
  /** How long DATA_DIR keeps a job after it has ended. */
  JOB_KEEP_DAYS: wholeNumber('days', 1, 365).default(7),
  /** Bytes of one uploaded photo. */
  MAX_UPLOAD_BYTES: wholeNumber('bytes', 1, 100_000_000).default(20_000_000),
  /**
   * The secret that webhooks are signed with: `whsec_` and 24 to 64 bytes in base64. During a rotation two, separated by
   * a space, the new one first. Default: none, so jobs with a webhook are refused.
   */
  WEBHOOK_SECRET: webhookSecrets.optional(),
  /**
   * The URL under which clients reach the HTTP server, for the URLs that it gives them. Default: from the `Host` header of
   * the request.
   */
  PUBLIC_URL: baseUrl.optional(),
  /** On Lambda: the S3 bucket of uploads, jobs and results. Default: none, so neither is offered. */
  JOBS_BUCKET: bucketName.optional(),
  /** On Lambda: the state machine that runs jobs. */
  JOBS_STATE_MACHINE_ARN: z.string().optional(),
  /** On Lambda: buckets that jobs may read, with an optional prefix, separated by commas: `photos/2026/,archive`. */
  JOBS_SOURCES: z.string().optional(),
  /** On Lambda: makes the ids of jobs unguessable that have an idempotency key. */
  JOBS_ID_SALT: z.string().optional(),
  /** Set by Lambda. */
  AWS_LAMBDA_FUNCTION_NAME: z.string().optional(),
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: wholeNumber('MiB', 128, 32_768).optional(),
  AWS_LAMBDA_INITIALIZATION_TYPE: z.string().optional(),
  /** Set by Lambda, from the role of the function. Read only for CAPTURE_BUCKET. */
  AWS_REGION: z.string().optional(),
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
  AWS_SESSION_TOKEN: z.string().optional(),
  /** URL of another server with the API of S3, as the AWS SDKs read it. The bucket is in the path. */
  AWS_ENDPOINT_URL_S3: z.string().optional(),
});

/** The environment after its checks, with the defaults that do not depend on where the service runs. */
export type EnvironmentValues = z.output<typeof environmentSchema>;

/** The environment as it is written down: names and strings. */
export type Environment = Partial<Record<keyof z.input<typeof environmentSchema>, string>>;
