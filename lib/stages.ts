import { type Settings, settingsSchema } from './settings.ts';

export const STAGE_NAMES = ['local', 'dev', 'staging', 'prod'] as const;
export type StageName = (typeof STAGE_NAMES)[number];

/** The name of a stage's CloudFormation stack. */
export const stackName = (stage: string): string => `resnet50-${stage}`;

export interface Stage {
  readonly name: StageName;
  readonly settings: Settings;
}

/** A stage that cannot be deployed; the message names every key, what was expected of it and what came. */
export class StageError extends Error {
  override readonly name = 'StageError';
}

/** The old system's: 3 replicas, 10 at most, scaled at 70 %. */
const prod: Settings = {
  architecture: 'x86_64',
  memoryMiB: 1769,
  timeoutSeconds: 28,
  coldStart: { kind: 'provisioned', min: 3, max: 10, targetUtilization: 0.7, schedules: [] },
  reservedConcurrency: 'off',
  throttle: { ratePerSecond: 100, burst: 200 },
  apiKeys: { ratePerSecond: 50, burst: 100, requestsPerDay: 'off' },
  // More than one key may ask for in that time, 15,000: all of its requests may come from one address.
  waf: { requestsPer5Minutes: 20_000 },
  corsOrigins: [],
  logLevel: 'INFO',
  logRetentionDays: 90,
  tracing: true,
  delivery: { kind: 'canary', percent: 10, minutes: 5 },
  probe: { everyMinutes: 1, timeoutMs: 10_000 },
  alarms: {
    p95LatencyMs: 300,
    p99LatencyMs: 1000,
    errorPercent: 1,
    cpuPercent: 99,
    memoryPercent: 85,
    failedEnvironments: 3,
    utilizationPercent: 90,
    lowConfidencePercent: 50,
    availabilityPercent: 99.9,
  },
  paging: true,
  notificationEmails: [],
  runbooksUrl: 'off',
  domain: 'off',
  vpc: 'off',
  removalPolicy: 'retain',
  tags: {},
};

/** As prod, with one warm environment and logs for a month: what is tried here is what prod will do. */
const staging: Settings = {
  ...prod,
  coldStart: { kind: 'provisioned', min: 1, max: 3, targetUtilization: 0.7, schedules: [] },
  throttle: { ratePerSecond: 50, burst: 100 },
  apiKeys: { ratePerSecond: 25, burst: 50, requestsPerDay: 100_000 },
  // Alarms see a minute one or two minutes late.
  delivery: { kind: 'canary', percent: 50, minutes: 5 },
  logRetentionDays: 30,
  paging: false,
  removalPolicy: 'destroy',
};

/** Costs next to nothing while nobody calls it: no warm environments, no firewall, no minute-by-minute probe. */
const dev: Settings = {
  ...staging,
  coldStart: { kind: 'on-demand' },
  throttle: { ratePerSecond: 20, burst: 40 },
  apiKeys: { ratePerSecond: 10, burst: 20, requestsPerDay: 10_000 },
  waf: 'off',
  delivery: { kind: 'all-at-once' },
  probe: { everyMinutes: 5, timeoutMs: 10_000 },
  alarms: { ...prod.alarms, p95LatencyMs: 2000, p99LatencyMs: 5000, errorPercent: 5 },
  logRetentionDays: 7,
};

/** For an emulator on one machine, which has no CodeDeploy, no scaling and no tracing; a page of yours may call it. */
const local: Settings = {
  ...dev,
  waf: { requestsPer5Minutes: 100_000 },
  corsOrigins: ['http://localhost:3000'],
  paging: true,
  delivery: { kind: 'in-place' },
  tracing: false,
};

const DEFAULTS: Readonly<Record<StageName, Settings>> = { local, dev, staging, prod };

/**
 * The settings of a stage: its defaults, with what `overrides` (the context key `stages` of cdk.json) says of it.
 * Objects are merged key by key; lists and objects of another `kind` are replaced.
 *
 * @throws StageError for an unknown stage or key, or a value that cannot be.
 * @example readStage('prod', { prod: { memoryMiB: 3538, notificationEmails: ['ops@example.com'] } });
 */
export function readStage(name: unknown, overrides: unknown = {}): Stage {
  if (!isStageName(name)) {
    throw new StageError(
      `stage: expected one of ${STAGE_NAMES.join(', ')}, got ${JSON.stringify(name) ?? 'nothing'}; choose it with -c stage=dev`,
    );
  }
  if (!isObject(overrides))
    throw new StageError(`stages: expected an object, got ${JSON.stringify(overrides)}`);
  const unknown = Object.keys(overrides).filter((key) => !isStageName(key));
  if (unknown.length > 0) {
    throw new StageError(`stages.${unknown[0]}: expected one of ${STAGE_NAMES.join(', ')}`);
  }
  const wanted = merged(DEFAULTS[name], overrides[name] ?? {});
  const parsed = settingsSchema.safeParse(wanted);
  if (parsed.success) return { name, settings: parsed.data };
  const problems = parsed.error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => `${[...issue.path, key].join('.')}: no such setting`);
    }
    return [`${issue.path.join('.')}: ${issue.message} (got ${JSON.stringify(at(wanted, issue.path))})`];
  });
  throw new StageError(`Unusable settings of stage ${name}. ${problems.join('; ')}`);
}

function isStageName(name: unknown): name is StageName {
  return STAGE_NAMES.some((known) => known === name);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merged(base: unknown, override: unknown): unknown {
  if (!isObject(base) || !isObject(override)) return override;
  if ('kind' in override && override['kind'] !== base['kind']) return override;
  const result = { ...base };
  for (const [key, value] of Object.entries(override))
    result[key] = key in base ? merged(base[key], value) : value;
  return result;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (isObject(inner) || Array.isArray(inner) ? Reflect.get(inner, key) : undefined),
    value,
  );
}
