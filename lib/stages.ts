import { CAT_WNIDS } from '../lambda/operations/settings.ts';
import type { JobsOn } from './settings/jobs.ts';
import { checkSettings } from './settings/problems.ts';
import { type Settings, settingsSchema } from './settings.ts';

export const STAGE_NAMES = ['local', 'dev', 'staging', 'prod'] as const;
export type StageName = (typeof STAGE_NAMES)[number];

/** The name of a stage's CloudFormation stack. */
export const stackName = (stage: string): string => `resnet50-${stage}`;

export interface Stage {
  readonly name: StageName;
  readonly settings: Settings;
}

/**
 * The stage cannot be deployed. The message names every wrong setting, what was expected and what was given.
 */
export class StageError extends Error {
  override readonly name = 'StageError';
}

/** A worker has one vCPU. 50 of them classify a million photos in about 40 minutes: docs/buckets.md. */
const prodJobs: JobsOn = {
  concurrency: 50,
  memoryMiB: 1769,
  maxUploadBytes: 20_000_000,
  keepDays: 7,
  maxHours: 24,
  sources: [],
};

/** Sized like the old system: 3 replicas, at most 10, scaled at 70 %. */
const prod: Settings = {
  architecture: 'x86_64',
  memoryMiB: 1769,
  models: ['resnet50'],
  timeoutSeconds: 28,
  coldStart: { kind: 'provisioned', min: 3, max: 10, targetUtilization: 0.7, schedules: [], step: 'off' },
  reservedConcurrency: 'off',
  throttle: {
    predict: { ratePerSecond: 100, burst: 200 },
    // Both methods together occupy at most 464 environments, half of what jobs leave of an account's 1,000:
    // lib/settings/concurrency.ts.
    slow: { ratePerSecond: 8, burst: 8 },
    // A visitor of the API reference loads four files at once.
    open: { ratePerSecond: 5, burst: 20 },
  },
  auth: { kind: 'api-key', ratePerSecond: 50, burst: 100, requestsPerDay: 'off', generation: 1 },
  // One key may send 15,000 requests in this time, and all of them may come from one address.
  waf: { requestsPer5Minutes: 20_000 },
  corsOrigins: [],
  logLevel: 'INFO',
  logRetentionDays: 90,
  tracing: true,
  inputCapture: 'off',
  jobs: prodJobs,
  // Rare requests would give the alarms nothing to judge: at 0.1 a second, the canary gets three.
  delivery: { kind: 'canary', percent: 10, minutes: 5, bakeMinutes: 5, photosPerMinute: 30 },
  canaryClasses: [...CAT_WNIDS],
  probe: { everyMinutes: 1, timeoutMs: 10_000 },
  alarms: {
    p95LatencyMs: 300,
    p99LatencyMs: 1000,
    errorPercent: 1,
    cpuPercent: 98,
    memoryPercent: 85,
    failedEnvironments: 3,
    utilizationPercent: 90,
    lowConfidencePercent: 50,
    driftPsi: 0.25,
    refusedPercent: 20,
    jobInputFailurePercent: 25,
    oldestJobHours: 12,
    jobThrottlePercent: 60,
    availabilityPercent: 99.9,
  },
  paging: true,
  notificationEmails: [],
  notificationUrls: [],
  notificationChats: [],
  deploymentNotes: false,
  costWatch: 'off',
  qualityWatch: { baselineDays: 14, baselineFrom: 'off' },
  runbooksUrl: 'off',
  domain: 'off',
  vpc: 'off',
  removalPolicy: 'retain',
  tags: {},
};

/**
 * Like prod, so that a test here predicts prod, but with one warm environment while idle and logs kept for a
 * month.
 */
const staging: Settings = {
  ...prod,
  jobs: { ...prodJobs, concurrency: 10 },
  coldStart: { kind: 'provisioned', min: 1, max: 3, targetUtilization: 0.7, schedules: [], step: 'off' },
  throttle: {
    predict: { ratePerSecond: 50, burst: 100 },
    slow: { ratePerSecond: 4, burst: 8 },
    open: { ratePerSecond: 5, burst: 20 },
  },
  auth: { kind: 'api-key', ratePerSecond: 25, burst: 50, requestsPerDay: 100_000, generation: 1 },
  // Alarms evaluate each minute with a delay of one or two minutes.
  delivery: { kind: 'canary', percent: 50, minutes: 5, bakeMinutes: 5, photosPerMinute: 30 },
  logRetentionDays: 30,
  paging: false,
  // Its traffic comes from tests, so a change means nothing.
  qualityWatch: 'off',
  removalPolicy: 'destroy',
};

/** Costs almost nothing when unused: no warm environments, no firewall, no jobs, a probe every 5 minutes. */
const dev: Settings = {
  ...staging,
  jobs: 'off',
  coldStart: { kind: 'on-demand' },
  throttle: {
    predict: { ratePerSecond: 20, burst: 40 },
    slow: { ratePerSecond: 4, burst: 8 },
    open: { ratePerSecond: 5, burst: 20 },
  },
  auth: { kind: 'api-key', ratePerSecond: 10, burst: 20, requestsPerDay: 10_000, generation: 1 },
  waf: 'off',
  delivery: { kind: 'all-at-once', bakeMinutes: 0, photosPerMinute: 30 },
  probe: { everyMinutes: 5, timeoutMs: 10_000 },
  alarms: { ...prod.alarms, p95LatencyMs: 2000, p99LatencyMs: 5000, errorPercent: 5 },
  logRetentionDays: 7,
};

/**
 * For an emulator on the developer's machine, which has no CodeDeploy, no scaling and no tracing. A page
 * served from localhost:3000 may call it.
 */
const local: Settings = {
  ...dev,
  // The tests make the bucket.
  jobs: { ...prodJobs, concurrency: 4, sources: ['resnet50-emulator-photos/allowed/'] },
  waf: { requestsPer5Minutes: 100_000 },
  // Tests call open routes one after the other.
  throttle: { ...dev.throttle, open: dev.throttle.predict },
  corsOrigins: ['http://localhost:3000'],
  paging: true,
  delivery: { kind: 'in-place' },
  tracing: false,
};

/** Settings that no longer exist, and what to use. */
const REPLACED: Readonly<Record<string, string>> = {
  apiKeys: 'auth, with the kind api-key and the same values, or auth: "off"',
};

const DEFAULTS: Readonly<Record<StageName, Settings>> = { local, dev, staging, prod };

/**
 * The settings of a stage: its defaults, changed by `overrides` (the context key `stages` of cdk.json).
 * Objects are merged key by key; lists, and objects of another `kind`, are replaced.
 *
 * @throws StageError for an unknown stage or setting, or an invalid value.
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
  const checked = checkSettings(
    settingsSchema,
    merged(DEFAULTS[name], overrides[name] ?? {}),
    name,
    REPLACED,
  );
  if ('problems' in checked) throw new StageError(`Invalid stage settings. ${checked.problems.join('; ')}`);
  return { name, settings: checked.settings };
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
