import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';
import { fileURLToPath } from 'node:url';
import { type BudgetSettings, planMemory } from './budget/budgets.ts';
import { type AdminSettings, adminSettings } from './config/admin.ts';
import { availableCpus } from './config/available-cpus.ts';
import { type CaptureSettings, captureSettings } from './config/capture.ts';
import { environmentSchema } from './config/environment.ts';
import { type JobSettings, jobSettings } from './config/jobs.ts';
import { extraModelBytes, modelFolders } from './config/models.ts';
import { maxOpenFiles } from './config/open-files.ts';
import { ConfigError, parseEnvironment } from './config/parse.ts';

export type { Environment } from './config/environment.ts';

/**
 * One vCPU of a Lambda function per 1,769 MiB of memory: docs.aws.amazon.com/lambda, "Configure function
 * memory".
 */
export const MIB_PER_VCPU = 1769;
const MIB = 2 ** 20;

/** Path of a file of the repository. The sources and the bundle are both one folder below its root. */
export const repositoryPath = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** How the gateway in front checks who calls. */
export type AuthKind = 'api-key' | 'iam' | 'jwt';

export interface Config {
  readonly stage: string;
  /** The commit that the service was built from. Undefined if it is not known. */
  readonly commit: string | undefined;
  /** The folders of the model bundles, the default model first. */
  readonly models: readonly [string, ...string[]];
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
  /** What all requests share: memory, decoders and slots. */
  readonly budgets: BudgetSettings;
  /** Memory that the process may use. */
  readonly memoryLimitBytes: number;
  readonly threads: number;
  /** CPUs that the process may use. On Lambda it can be less than one. */
  readonly vcpus: number;
  readonly url: {
    readonly allowHttp: boolean;
    readonly totalTimeoutMs: number;
    readonly idleTimeoutMs: number;
  };
  /** Undefined if no page of another origin may call the API. */
  readonly corsOrigins: '*' | readonly string[] | undefined;
  /** What the gateway in front requires of predictions. Undefined if the service was not told. */
  readonly auth: AuthKind | undefined;
  /** Who may read the live view and the metrics. Undefined if nobody may. */
  readonly admin: AdminSettings | undefined;
  readonly logLevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'SILENT';
  readonly metrics: boolean;
  /** Undefined if no images are captured. */
  readonly capture: CaptureSettings | undefined;
  /** Undefined if uploads and jobs are off. */
  readonly jobs: JobSettings | undefined;
  readonly lambda:
    | {
        readonly functionName: string;
        readonly memoryMiB: number;
        readonly provisioned: boolean;
        /** Whether the init phase happens before any request waits for it: no request pays for its work. */
        readonly initialisedAhead: boolean;
      }
    | undefined;
}

/**
 * Reads the settings once, at start.
 *
 * @throws ConfigError naming every variable with an invalid value or a misspelled name.
 * @example const config = readConfig({ ...process.env, PORT: '9000' });
 */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  if (environment['MODEL_DIR']) {
    throw new ConfigError([
      `MODEL_DIR is no longer a setting: use MODELS, which takes the same path, got ${JSON.stringify(environment['MODEL_DIR'])}`,
    ]);
  }
  const values = parseEnvironment(environmentSchema, environment);
  const initialisation = values.AWS_LAMBDA_INITIALIZATION_TYPE;
  const lambda = values.AWS_LAMBDA_FUNCTION_NAME
    ? {
        functionName: values.AWS_LAMBDA_FUNCTION_NAME,
        memoryMiB: values.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? MIB_PER_VCPU,
        provisioned: initialisation === 'provisioned-concurrency',
        initialisedAhead: initialisation === 'provisioned-concurrency' || initialisation === 'snap-start',
      }
    : undefined;
  const vcpus = lambda ? lambda.memoryMiB / MIB_PER_VCPU : availableCpus();
  const threads = values.INTRA_OP_THREADS ?? threadsFor(vcpus);
  const memoryLimitBytes = memoryLimit(values.MEMORY_LIMIT_MIB ?? lambda?.memoryMiB);
  const addressShare = values.MAX_ADDRESS_PERCENT / 100;
  // Behind API Gateway the clients' addresses are not known.
  const bodyShare = lambda ? 1 : addressShare;
  const models = modelFolders(values.MODELS, {
    repository: values.MODEL_REPOSITORY ?? repositoryPath('models'),
    isLambda: lambda !== undefined,
  });
  const memory = planMemory(memoryLimitBytes - extraModelBytes(models), bodyShare);
  const tooLarge = (['MAX_IMAGE_BYTES', 'MAX_BODY_BYTES'] as const).filter(
    (name) => (values[name] ?? 0) > memory.maxBodyBytes,
  );
  if (tooLarge.length > 0) {
    throw new ConfigError(
      tooLarge.map(
        (name) =>
          `${name}: expected at most ${memory.maxBodyBytes} bytes, the largest body that fits into ` +
          `${Math.floor(memoryLimitBytes / MIB)} MiB of memory with MAX_ADDRESS_PERCENT=${values.MAX_ADDRESS_PERCENT}, ` +
          `got "${values[name]}"`,
      ),
    );
  }
  const usual = (bytes: number) => Math.min(bytes, memory.maxBodyBytes);
  return Object.freeze({
    stage: values.STAGE,
    commit: values.SERVICE_COMMIT,
    models,
    server: {
      host: values.HOST,
      port: values.PORT,
      maxConnections:
        values.MAX_CONNECTIONS ?? connectionsFor(memoryLimitBytes, lambda ? undefined : maxOpenFiles()),
      addressShare,
      requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
      drainNoticeMs: values.DRAIN_NOTICE_MS,
    },
    limits: {
      maxImageBytes: values.MAX_IMAGE_BYTES ?? usual(lambda ? 4_500_000 : 20_000_000),
      maxBodyBytes: values.MAX_BODY_BYTES ?? usual(lambda ? 6_000_000 : 64_000_000),
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
      // At least two, so that a small image can overtake a large one.
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
    auth: values.AUTH,
    admin: adminSettings(values, {
      isLambda: lambda !== undefined,
      hasEmptyToken: environment['ADMIN_TOKEN'] === '',
    }),
    logLevel: values.LOG_LEVEL,
    metrics: values.METRICS ?? lambda !== undefined,
    capture: captureSettings(values),
    jobs: jobSettings(values, { isLambda: lambda !== undefined, defaultFolder: repositoryPath('.data') }),
    lambda,
  });
}

/** Open files of the process itself: libraries, the database of jobs, what jobs read and fetch. */
const PROCESS_FILES = 128;
const LEAST_CONNECTIONS = 16;

/**
 * An idle connection takes tens of KiB, and one with a waiting body up to two MiB. A connection that uploads a photo has
 * two files open: itself and the photo.
 *
 * @param files that the process may have open. Undefined without a limit.
 */
export function connectionsFor(memoryBytes: number, files = Number.POSITIVE_INFINITY): number {
  const byMemory = Math.min(1024, Math.max(64, Math.floor(memoryBytes / (4 * MIB))));
  return Math.min(byMemory, Math.max(LEAST_CONNECTIONS, Math.floor((files - PROCESS_FILES) / 2)));
}

/**
 * @param setMiB the setting, or the memory of the Lambda function. Without either, the limit of the control
 *   group applies. A machine without a limit runs other programs too, so the service takes half of it.
 */
function memoryLimit(setMiB: number | undefined): number {
  if (setMiB !== undefined) return setMiB * MIB;
  const limit = constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : Math.min(totalmem() / 2, 4096 * MIB);
}

/**
 * A second thread that has only a quarter of a vCPU slows the first one down: a prediction takes 21 ms
 * instead of 18. With half a vCPU or more it helps (`bench/vcpu-shares.ts`).
 */
export function threadsFor(vcpus: number): number {
  return Math.max(1, Math.round(vcpus));
}
