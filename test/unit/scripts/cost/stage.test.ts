import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStage } from '../../../../lib/stages.ts';
import { sumOf } from '../../../../scripts/lib/cost/bill.ts';
import { clusterBill, isOverloaded, podsOf, REPLACED } from '../../../../scripts/lib/cost/cluster.ts';
import { deploymentBill } from '../../../../scripts/lib/cost/deployment.ts';
import { provisionedEnvironments } from '../../../../scripts/lib/cost/function.ts';
import {
  type BilledSettings,
  defaultBasis,
  deploymentOf,
  stageMonthlyCost,
} from '../../../../scripts/lib/cost/stage.ts';
import { MEMORY_MIB, tuneMemory } from '../../../../scripts/lib/cost/tuning.ts';

const settings: BilledSettings = {
  architecture: 'x86_64',
  memoryMiB: 1769,
  coldStart: { kind: 'provisioned', min: 3, max: 10, targetUtilization: 0.7, schedules: [], step: 'off' },
  waf: { requestsPer5Minutes: 5000 },
  tracing: true,
  inputCapture: 'off',
  probe: { everyMinutes: 1, timeoutMs: 10_000 },
  logRetentionDays: 90,
  qualityWatch: { baselineDays: 14, baselineFrom: 'off' },
  jobs: readStage('prod', {}).settings.jobs,
};
const basis = {
  ...defaultBasis('prod'),
  inventory: { alarmMetrics: 20, compositeAlarms: 1, dashboards: 1, logMetrics: 5, wafRules: 3, secrets: 1 },
};
const cost = (changes: Partial<BilledSettings>, requestsPerSecond: number) =>
  stageMonthlyCost({ ...settings, ...changes }, { requestsPerSecond }, basis);

describe('the cost of a stage', () => {
  it('without requests, is the cost of what is always there', () => {
    const idle = cost({}, 0);
    expect(idle.usdPerMillion).toBeUndefined();
    const warm = idle.charges.find(({ name }) => name === 'Provisioned concurrency');
    // Three environments of 1,769 MiB for 730 hours.
    expect(warm?.usd).toBeCloseTo(3 * (1769 / 1024) * 2_628_000 * 0.0000041667, 6);
    const alarms = idle.charges.find(({ name }) => name === 'Alarms');
    // Target tracking adds two on two metrics each to those of the template.
    expect(alarms?.usd).toBeCloseTo(2.4, 9);
    const probes = idle.charges.find(({ name }) => name === 'API Gateway requests');
    expect(probes?.quantity).toBe(730 * 60);
  });

  it('is almost zero for an idle stage that keeps nothing running', () => {
    const idle = stageMonthlyCost(
      {
        ...settings,
        coldStart: { kind: 'on-demand' },
        waf: 'off',
        probe: 'off',
        qualityWatch: 'off',
        jobs: 'off',
      },
      { requestsPerSecond: 0 },
      {
        ...basis,
        inventory: {
          alarmMetrics: 0,
          compositeAlarms: 0,
          dashboards: 0,
          logMetrics: 0,
          wafRules: 0,
          secrets: 0,
        },
      },
    );
    expect(idle.charges.map(({ name }) => name)).toEqual(['Images in the registry']);
  });

  it.each([
    ['the firewall', { waf: 'off' }],
    ['traces', { tracing: false }],
    ['the probe', { probe: 'off' }],
    ['long retention', { logRetentionDays: 7 }],
    ['x86_64', { architecture: 'arm64' }],
    ['warm environments', { coldStart: { kind: 'on-demand' } }],
    ['the quality watch', { qualityWatch: 'off' }],
    ['jobs', { jobs: 'off' }],
  ] satisfies [string, Partial<BilledSettings>][])('falls without %s', (_, changes) => {
    expect(cost(changes, 1).usdPerMonth).toBeLessThan(cost({}, 1).usdPerMonth);
  });

  it('never falls as the traffic grows', () => {
    const load = fc.double({ min: 0, max: 200, noNaN: true });
    const kinds = fc.constantFrom<BilledSettings['coldStart']>(
      settings.coldStart,
      { kind: 'on-demand' },
      { kind: 'snapstart' },
    );
    fc.assert(
      fc.property(kinds, load, load, (coldStart, a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        expect(cost({ coldStart }, more).usdPerMonth).toBeGreaterThanOrEqual(
          cost({ coldStart }, less).usdPerMonth - 1e-9,
        );
      }),
    );
  });

  it('is the sum of its charges', () => {
    const bill = cost({}, 5);
    expect(bill.usdPerMonth).toBeCloseTo(sumOf(bill.charges), 9);
    expect(bill.usdPerMillion).toBeCloseTo((bill.usdPerMonth / (5 * 2_628_000)) * 1e6, 9);
  });

  it('names the option of a stage that was not counted', () => {
    expect(() => defaultBasis('production')).toThrow(
      '--stage: expected one of local, dev, staging, prod, got "production"',
    );
  });
});

describe('the quality watch', () => {
  const watched = (requestsPerSecond: number) =>
    cost({}, requestsPerSecond).usdPerMonth - cost({ qualityWatch: 'off' }, requestsPerSecond).usdPerMonth;

  it('costs less than 0.10 USD a month at 1 request/s, without its alarm', () => {
    // 2,080 bytes of log for each request and each probe, read once.
    const scanned = ((2_628_000 + 43_800) * 2080) / 1e9;
    // Three metrics, for one hour of each day.
    const metrics = (3 * 365) / 12 / 730;
    expect(watched(1)).toBeCloseTo(scanned * 0.005 + metrics * 0.3, 9);
    expect(watched(1)).toBeLessThan(0.1);
  });

  it('costs almost nothing without traffic, and grows with it', () => {
    expect(watched(0)).toBeLessThan(0.001);
    expect(watched(100)).toBeGreaterThan(2);
  });
});

describe('provisioned concurrency', () => {
  const bounds = { kind: 'provisioned', min: 3, max: 10, targetUtilization: 0.7 } as const;
  it.each([
    [0, 3],
    [1, 3],
    [1.2, 4],
    [5.9, 10],
    [50, 10],
  ])('for %f concurrent requests settles at %i environments', (concurrency, environments) => {
    expect(provisionedEnvironments(bounds, concurrency)).toBe(environments);
  });
});

describe('captured images', () => {
  const extra = (percent: number, keepDays: number) =>
    cost({ inputCapture: { percent, keepDays } }, 1).usdPerMonth - cost({}, 1).usdPerMonth;

  it('cost a request to S3, storage as long as they are kept, and the time of the function', () => {
    const images = 2_628_000 / 100;
    const requests = images * 0.000005;
    const storage = images * 40_000 * 1e-9 * (73 / (730 / 24)) * 0.023;
    const time = images * 0.1 * (1769 / 1024) * 0.0000166667;
    expect(extra(1, 73)).toBeCloseTo(requests + storage + time, 9);
  });

  it('cost nothing without requests, and in proportion to their share', () => {
    expect(cost({ inputCapture: { percent: 100, keepDays: 365 } }, 0)).toEqual(cost({}, 0));
    expect(extra(50, 30)).toBeCloseTo(50 * extra(1, 30), 6);
  });
});

it('an idle stage keeps its minimum warm, and the first requests a second environment', () => {
  const one = { kind: 'provisioned', min: 1, max: 3, targetUtilization: 0.7 } as const;
  expect(provisionedEnvironments(one, 0)).toBe(1);
  expect(provisionedEnvironments(one, 0.05)).toBe(2);
});

describe('the choice of memory', () => {
  const deployment = deploymentOf(settings, basis.inventory);
  const tune = (targetMs: number) =>
    tuneMemory(basis.prices, deployment, { requestsPerSecond: 5 }, basis.durations, targetMs);

  it('is the cheapest setting that keeps the target', () => {
    const { options, cheapest } = tune(100);
    expect(options.map(({ memoryMiB }) => memoryMiB)).toEqual(MEMORY_MIB);
    expect(cheapest?.p95Ms).toBeLessThanOrEqual(100);
    for (const { p95Ms, usdPerMonth } of options) {
      if (p95Ms <= 100) expect(usdPerMonth).toBeGreaterThanOrEqual(cheapest?.usdPerMonth ?? Number.NaN);
    }
  });

  it('costs no less for a tighter target, and is undefined for an impossible one', () => {
    const { options, cheapest } = tune(500);
    const fastest = Math.min(...options.map(({ p95Ms }) => p95Ms));
    expect(tune(fastest).cheapest?.usdPerMonth).toBeGreaterThanOrEqual(cheapest?.usdPerMonth ?? Number.NaN);
    expect(tune(1).cheapest).toBeUndefined();
  });

  it('shows Lambda’s charges for a deployment with that memory', () => {
    const option = tune(300).options.find(({ memoryMiB }) => memoryMiB === 3072);
    const bill = deploymentBill(
      basis.prices,
      { ...deployment, memoryMiB: 3072 },
      { requestsPerSecond: 5 },
      basis.durations,
    );
    expect(option?.usdPerMonth).toBeCloseTo(sumOf(bill.charges, 'compute'), 9);
  });
});

describe('the replaced system', () => {
  it.each([
    [0, 3],
    [31.5, 3],
    [32, 4],
    [1000, 10],
  ])('has for %f requests/s %i pods', (requestsPerSecond, pods) => {
    expect(podsOf(REPLACED, { requestsPerSecond })).toBe(pods);
  });

  it('costs the control plane, three nodes and a load balancer without requests', () => {
    const { usdPerMonth } = clusterBill(basis.prices, REPLACED, { requestsPerSecond: 0 });
    // 730 hours of 0.10 + 3 × 0.096 + 0.0225; 80 GB of disks at 0.08; 10 GB of images at 0.10.
    expect(usdPerMonth).toBeCloseTo(730 * 0.4105 + 6.4 + 1, 6);
  });

  it('cannot serve more than all its pods can', () => {
    expect(isOverloaded(REPLACED, { requestsPerSecond: 150 })).toBe(false);
    expect(isOverloaded(REPLACED, { requestsPerSecond: 151 })).toBe(true);
  });
});
