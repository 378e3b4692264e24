import { type PriceBook, readPrices } from '../../../lib/prices.ts';
import type { Settings } from '../../../lib/settings.ts';
import { type Bill, HOURS_PER_MONTH, type Traffic } from './bill.ts';
import { type Deployment, deploymentBill } from './deployment.ts';
import { type DurationModel, durationModel, readMeasurement } from './durations.ts';
import type { BilledColdStart } from './function.ts';
import { type Inventory, readInventories } from './inventory.ts';

/** The settings of a stage that its cost depends on. */
export type BilledSettings = Pick<
  Settings,
  | 'architecture'
  | 'memoryMiB'
  | 'coldStart'
  | 'waf'
  | 'tracing'
  | 'inputCapture'
  | 'probe'
  | 'logRetentionDays'
  | 'qualityWatch'
  | 'jobs'
>;

/**
 * How much slower Lambda's processors are than the measured ones. This is a conservative assumption: the
 * measured cores run int8 with AVX-512 VNNI, while Lambda promises only AVX2, which does a fraction of that
 * work in each cycle, at the clock of older server processors. `--duration-ms` replaces it by a live figure.
 */
export const DEFAULT_SLOWDOWN = 3;

/**
 * Share of the on-demand requests that start an execution environment. AWS states less than 1 % for
 * production workloads ("AWS Lambda standardizes billing for INIT Phase"). With few requests it is more.
 */
export const DEFAULT_COLD_START_SHARE = 0.01;

/**
 * Application Auto Scaling creates two alarms for target tracking, which are in no template. Each reads two
 * metrics: lib/constructs/scaling.ts.
 */
const TARGET_TRACKING_ALARM_METRICS = 4;
/** The version in use, and the one before it for a rollback. */
const VERSIONS_KEPT = 2;

/** The deployment with the settings of a stage. */
export function deploymentOf(
  settings: BilledSettings,
  inventory: Inventory,
  coldStartShare = DEFAULT_COLD_START_SHARE,
): Deployment {
  const {
    architecture,
    memoryMiB,
    coldStart,
    waf,
    tracing,
    inputCapture,
    probe,
    logRetentionDays,
    qualityWatch,
    jobs,
  } = settings;
  const tracking = coldStart.kind === 'provisioned' ? TARGET_TRACKING_ALARM_METRICS : 0;
  return {
    architecture,
    memoryMiB,
    coldStart: billedColdStart(coldStart),
    coldStartShare,
    wafRules: waf === 'off' ? 'off' : inventory.wafRules,
    tracing,
    probesPerMonth: probe === 'off' ? 0 : (HOURS_PER_MONTH * 60) / probe.everyMinutes,
    logRetentionDays,
    alarmMetrics: inventory.alarmMetrics + tracking,
    compositeAlarms: inventory.compositeAlarms,
    dashboards: inventory.dashboards,
    logMetrics: inventory.logMetrics,
    qualityWatch: qualityWatch !== 'off',
    sample:
      inputCapture === 'off' ? 'off' : { share: inputCapture.percent / 100, keepDays: inputCapture.keepDays },
    secrets: inventory.secrets,
    jobs: jobs !== 'off',
  };
}

function billedColdStart(coldStart: BilledSettings['coldStart']): BilledColdStart {
  switch (coldStart.kind) {
    case 'provisioned': {
      const { kind, min, max, targetUtilization } = coldStart;
      return { kind, min, max, targetUtilization };
    }
    case 'snapstart':
      return { kind: 'snapstart', versions: VERSIONS_KEPT };
    case 'on-demand':
      return { kind: 'on-demand' };
  }
}

export interface Basis {
  readonly prices: PriceBook;
  readonly durations: DurationModel;
  readonly inventory: Inventory;
}

/** The committed prices, durations and counts. @throws Error in one line for a stage that was not counted. */
export function defaultBasis(stage: string, slowdown = DEFAULT_SLOWDOWN): Basis {
  const inventories = readInventories();
  const inventory = inventories[stage];
  if (!inventory) {
    const known = Object.keys(inventories).join(', ');
    throw new Error(`--stage: expected one of ${known}, got ${JSON.stringify(stage)}`);
  }
  return { prices: readPrices(), durations: durationModel(readMeasurement(), slowdown), inventory };
}

/**
 * The cost of a stage in a month, in USD at list prices, without free tier and taxes.
 *
 * @example
 *   const { settings } = readStage('prod');
 *   stageMonthlyCost(settings, { requestsPerSecond: 5 }, defaultBasis('prod')).usdPerMonth;
 */
export function stageMonthlyCost(settings: BilledSettings, traffic: Traffic, basis: Basis): Bill {
  const deployment = deploymentOf(settings, basis.inventory);
  return deploymentBill(basis.prices, deployment, traffic, basis.durations);
}
