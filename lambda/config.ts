import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type BudgetSettings, planMemory } from './budget/budgets.ts';
import { availableCpus } from './config/available-cpus.ts';
import { originsSchema } from './config/origins.ts';

/** One vCPU of a Lambda function per 1,769 MiB of memory: docs.aws.amazon.com/lambda, "Configure function memory". */
export const MIB_PER_VCPU = 1769;
const MIB = 2 ** 20;

/** A file of the repository: the sources and the bundle are both one folder below its root. */
export const repositoryPath = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

const integer = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);
const onOff = z.enum(['on', 'off']).transform((value) => value === 'on');

/** Name of a deployment stage; a dimension of every metric. */
export const stageName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'expected a short lower-case name such as prod')
  .default('local');

/**
 * The environment contract: every variable the service reads, with its unit and default. Infrastructure takes its
 * types from here. Defaults that depend on where the service runs are filled in by {@link readConfig}.
 */
export const environmentSchema = z.object({
  /** Folder of the model bundle: the one that holds `manifest.json`. */
  MODEL_DIR: z.string().min(1).default(repositoryPath('models/resnet50')),
  STAGE: stageName,
  /** Address and port of the HTTP server; unused on Lambda. */
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: integer(0, 65_535).default(8080),
  /** Bytes of one image. Default: 4,500,000 on Lambda (its 6 MB payload less base64), 20,000,000 elsewhere. */
  MAX_IMAGE_BYTES: integer(1, 100_000_000).optional(),
  /** Bytes of a whole request body, which a batch may fill. Default: 6,000,000 on Lambda, 64,000,000 elsewhere; less where memory is scarce. */
  MAX_BODY_BYTES: integer(1, 1_000_000_000).optional(),
  /** Width times height of one image. */
  MAX_PIXELS: integer(1, 268_000_000).default(50_000_000),
  /** The same of all images of a batch together. */
  MAX_BATCH_PIXELS: integer(1, 2_000_000_000).default(200_000_000),
  /** Pixels of the longer side of one image. */
  MAX_SIDE: integer(1, 1_000_000).default(65_535),
  /** Images between a complete body and an answer; as many more wait for up to 2 s, others are refused with 503. */
  MAX_IN_FLIGHT: integer(1, 10_000).default(32),
  /** Milliseconds for a request from its headers to its answer; on Lambda what is left of its own timeout counts. */
  REQUEST_TIMEOUT_MS: integer(100, 600_000).default(30_000),
  /**
   * MiB of memory that the process may use. Default: Lambda's memory, else the limit of the container, else half of the
   * machine's memory and at most 4 GiB.
   */
  MEMORY_LIMIT_MIB: integer(256, 1_048_576).optional(),
  /** Connections of the HTTP server. Default: one for every 4 MiB of memory, 64 to 1024. */
  MAX_CONNECTIONS: integer(1, 65_535).optional(),
  /** Percent of the connections and of the memory for bodies that one client address may have. 100 behind a load balancer. */
  MAX_ADDRESS_PERCENT: integer(1, 100).default(50),
  /** Milliseconds between SIGTERM and the end of new connections, in which `/ready` says 503. */
  DRAIN_NOTICE_MS: integer(0, 300_000).default(1000),
  /** Threads of the ONNX Runtime session. Default: the CPUs that the function or the container may use, rounded. */
  INTRA_OP_THREADS: integer(1, 256).optional(),
  /** `on` lets `/predict/url` fetch http:// URLs as well as https:// ones. */
  URL_ALLOW_HTTP: onOff.default(false),
  URL_TIMEOUT_MS: integer(1, 60_000).default(10_000),
  /** Milliseconds without a byte after which a fetch is given up. */
  URL_IDLE_TIMEOUT_MS: integer(1, 60_000).default(5000),
  /** Origins whose pages may call the API from a browser, or `*` for all. Default: none, so no CORS headers are sent. */
  CORS_ORIGINS: originsSchema.optional(),
  LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT']).default('INFO'),
  /** CloudWatch metrics in embedded metric format on standard output. Default: on for Lambda, off elsewhere. */
  METRICS: onOff.optional(),
  /** Set by Lambda itself. */
  AWS_LAMBDA_FUNCTION_NAME: z.string().optional(),
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: integer(128, 32_768).optional(),
  AWS_LAMBDA_INITIALIZATION_TYPE: z.string().optional(),
});

/** The environment as it is written down: names to strings. */
export type Environment = Partial<Record<keyof z.input<typeof environmentSchema>, string>>;

export interface Config {
  readonly stage: string;
  readonly modelDir: string;
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly maxConnections: number;
    readonly addressShare: number;
    readonly requestTimeoutMs: number;
    readonly drainNoticeMs: number;
  };
  readonly limits: {
    readonly maxImageBytes: number;
    readonly maxBodyBytes: number;
    readonly maxPixels: number;
    readonly maxSide: number;
    readonly maxBatchPixels: number;
    readonly maxDecodeBytes: number;
    readonly maxInFlight: number;
  };
  /** What all requests share. */
  readonly budgets: BudgetSettings;
  /** Memory that the process may use. */
  readonly memoryLimitBytes: number;
  readonly threads: number;
  /** CPUs that the process may use; on Lambda a share of one where memory is scarce. */
  readonly vcpus: number;
  readonly url: {
    readonly allowHttp: boolean;
    readonly totalTimeoutMs: number;
    readonly idleTimeoutMs: number;
  };
  /** Undefined where no page of another origin may call the API. */
  readonly corsOrigins: '*' | readonly string[] | undefined;
  readonly logLevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'SILENT';
  readonly metrics: boolean;
  readonly lambda:
    | { readonly functionName: string; readonly memoryMiB: number; readonly provisioned: boolean }
    | undefined;
}

/** A setting that the service cannot start with; the message names the variable, what was expected and what came. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the settings once, at start.
 *
 * @throws ConfigError naming every variable whose value is not usable.
 * @example const config = readConfig({ ...process.env, PORT: '9000' });
 */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  const values = parseEnvironment(environmentSchema, environment);
  const lambda = values.AWS_LAMBDA_FUNCTION_NAME
    ? {
        functionName: values.AWS_LAMBDA_FUNCTION_NAME,
        memoryMiB: values.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? MIB_PER_VCPU,
        provisioned: values.AWS_LAMBDA_INITIALIZATION_TYPE === 'provisioned-concurrency',
      }
    : undefined;
  const vcpus = lambda ? lambda.memoryMiB / MIB_PER_VCPU : availableCpus();
  const threads = values.INTRA_OP_THREADS ?? threadsFor(vcpus);
  const memoryLimitBytes = memoryLimit(values.MEMORY_LIMIT_MIB ?? lambda?.memoryMiB);
  const addressShare = values.MAX_ADDRESS_PERCENT / 100;
  // Behind API Gateway nobody tells the clients' addresses.
  const bodyShare = lambda ? 1 : addressShare;
  const memory = planMemory(memoryLimitBytes, bodyShare);
  const maxBytes = (name: 'MAX_IMAGE_BYTES' | 'MAX_BODY_BYTES', usual: number): number => {
    const set = values[name];
    if (set === undefined || set <= memory.maxBodyBytes) return set ?? Math.min(usual, memory.maxBodyBytes);
    throw new ConfigError(
      `Unusable settings. ${name}: expected at most ${memory.maxBodyBytes}, which is what ` +
        `${Math.floor(memoryLimitBytes / MIB)} MiB of memory and MAX_ADDRESS_PERCENT=${values.MAX_ADDRESS_PERCENT} ` +
        `leave for one body (got "${set}")`,
    );
  };
  return Object.freeze({
    stage: values.STAGE,
    modelDir: values.MODEL_DIR,
    server: {
      host: values.HOST,
      port: values.PORT,
      maxConnections: values.MAX_CONNECTIONS ?? connectionsFor(memoryLimitBytes),
      addressShare,
      requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
      drainNoticeMs: values.DRAIN_NOTICE_MS,
    },
    limits: {
      maxImageBytes: maxBytes('MAX_IMAGE_BYTES', lambda ? 4_500_000 : 20_000_000),
      maxBodyBytes: maxBytes('MAX_BODY_BYTES', lambda ? 6_000_000 : 64_000_000),
      maxPixels: values.MAX_PIXELS,
      maxSide: values.MAX_SIDE,
      maxBatchPixels: values.MAX_BATCH_PIXELS,
      maxDecodeBytes: memory.maxDecodeBytes,
      maxInFlight: values.MAX_IN_FLIGHT,
    },
    budgets: {
      memory,
      addressShare: bodyShare,
      maxInFlight: values.MAX_IN_FLIGHT,
      // Two at least, so that a small image passes a large one.
      decoders: Math.max(2, threads),
    },
    memoryLimitBytes,
    threads,
    vcpus,
    url: {
      allowHttp: values.URL_ALLOW_HTTP,
      totalTimeoutMs: values.URL_TIMEOUT_MS,
      idleTimeoutMs: values.URL_IDLE_TIMEOUT_MS,
    },
    corsOrigins: values.CORS_ORIGINS,
    logLevel: values.LOG_LEVEL,
    metrics: values.METRICS ?? lambda !== undefined,
    lambda,
  });
}

/** A connection takes tens of KiB while it waits, and up to two MiB while its body does. */
function connectionsFor(memoryBytes: number): number {
  return Math.min(1024, Math.max(64, Math.floor(memoryBytes / (4 * MIB))));
}

/**
 * @param setMiB by setting or by Lambda. Without it the limit of the control group counts; the half of a machine that
 *   others use too is enough for anything.
 */
function memoryLimit(setMiB: number | undefined): number {
  if (setMiB !== undefined) return setMiB * MIB;
  const limit = constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : Math.min(totalmem() / 2, 4096 * MIB);
}

/**
 * Checks the environment of one entry against its contract.
 *
 * @throws ConfigError naming every variable whose value is not usable.
 */
export function parseEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Record<string, string | undefined> = process.env,
): z.output<Schema> {
  const parsed = schema.safeParse(withoutEmpty(environment));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const value = environment[name];
    return value
      ? `${name}: ${issue.message} (got ${JSON.stringify(value)})`
      : `${name}: expected a value, got none`;
  });
  throw new ConfigError(`Unusable settings. ${problems.join('; ')}`);
}

/**
 * A second thread on a quarter of a second vCPU waits for the first more than it helps: 21 ms a prediction instead of 18.
 * From a half on it is the faster one (`bench/vcpu-shares.ts`).
 */
export function threadsFor(vcpus: number): number {
  return Math.max(1, Math.round(vcpus));
}

/** `NAME=` in a shell or an .env file means "not set". */
function withoutEmpty(environment: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  );
}
