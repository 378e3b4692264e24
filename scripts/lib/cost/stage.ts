import { type PriceBook, readPrices } from '../../../lib/prices.ts';
import type { Settings } from '../../../lib/settings.ts';
import type { Bill, Load } from './bill.ts';
import { HOURS_PER_MONTH } from './capacity.ts';
import { type Deployment, deploymentBill } from './deployment.ts';
import { type DurationModel, durationModel, readMeasurement } from './durations.ts';
import type { ColdStart } from './function.ts';
import { type Inventory, readInventories } from './inventory.ts';

/** The settings of a stage that its cost follows. */
export type BilledSettings = Pick<
  Settings,
  'architecture' | 'memoryMiB' | 'coldStart' | 'waf' | 'tracing' | 'probe' | 'logRetentionDays'
>;

/**
 * How much slower Lambda's processors are assumed to be than the measured ones. An assumption, on the safe side: the
 * measured cores run int8 by AVX-512 VNNI, Lambda promises no more than AVX2, whose instructions for int8 do a fraction
 * of that work for each cycle, at the clock of older server processors. `--duration-ms` replaces it by a live figure.
 */
export const DEFAULT_SLOWDOWN = 3;

/**
 * Share of requests that start an environment where none is kept warm. AWS states less than 1 % for production
 * workloads ("AWS Lambda standardizes billing for INIT Phase"); a trickle of requests sees more.
 */
export const DEFAULT_COLD_START_SHARE = 0.01;

/** Application Auto Scaling makes two alarms for target tracking, which are in no template. */
const TARGET_TRACKING_ALARMS = 2;
/** The version that serves, and the one that a rollback would go back to. */
const VERSIONS_KEPT = 2;

/** The deployment that a stage's settings ask for. */
export function deploymentOf(
  settings: BilledSettings,
  inventory: Inventory,
  coldStartShare = DEFAULT_COLD_START_SHARE,
): Deployment {
  const { architecture, memoryMiB, coldStart, waf, tracing, probe, logRetentionDays } = settings;
  const tracking = coldStart.kind === 'provisioned' ? TARGET_TRACKING_ALARMS : 0;
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
  };
}

function billedColdStart(coldStart: BilledSettings['coldStart']): ColdStart {
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

/** The committed prices, durations and counts. @throws Error in one line for a stage that was never counted. */
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
 * What a stage costs in a month, in USD: list prices, without free tier and taxes.
 *
 * @example stageMonthlyCost(readStage('prod').settings, { requestsPerSecond: 5 }, defaultBasis('prod')).usdPerMonth
 */
export function stageMonthlyCost(settings: BilledSettings, load: Load, basis: Basis): Bill {
  const deployment = deploymentOf(settings, basis.inventory);
  return deploymentBill(basis.prices, deployment, load, basis.durations);
}
