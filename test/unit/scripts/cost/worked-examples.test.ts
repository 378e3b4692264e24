import { describe, expect, it } from 'vitest';
import { readPrices, usdFor } from '../../../../lib/prices.ts';
import { type Charge, SECONDS_PER_MONTH, type Traffic } from '../../../../scripts/lib/cost/bill.ts';
import { gatewayCharges, observabilityCharges } from '../../../../scripts/lib/cost/deployment.ts';
import type { DurationModel } from '../../../../scripts/lib/cost/durations.ts';
import { functionCharges } from '../../../../scripts/lib/cost/function.ts';

/** The numbers of the worked examples on aws.amazon.com/lambda/pricing, for US East (N. Virginia). */

const prices = readPrices();

/** A function that takes this long with any memory. */
const takes = (meanMs: number, initMs = 0): DurationModel => ({
  prediction: () => ({ meanMs, p95Ms: meanMs, isExtrapolated: false }),
  initMs: () => initMs,
  serialMs: (ms) => ms,
});
const monthly = (requests: number): Traffic => ({ requestsPerSecond: requests / SECONDS_PER_MONTH });
const usdOf = (charges: readonly Charge[], name: string) =>
  charges.find((charge) => charge.name === name)?.usd ?? Number.NaN;

describe('Lambda on demand', () => {
  it('charges 7.44 million messages of 2 s with 1,024 MB: 1.49 and 248.00 USD', () => {
    const charges = functionCharges(
      prices,
      {
        architecture: 'x86_64',
        memoryMiB: 1024,
        coldStart: { kind: 'on-demand' },
        coldStartShare: 0,
      },
      monthly(7_440_000),
      takes(2000),
    );
    expect(usdOf(charges, 'Invocations')).toBeCloseTo(1.488, 3);
    expect(usdOf(charges, 'On-demand duration')).toBeCloseTo(248, 1);
  });

  it('bills the init phase of the share of requests that start an environment as duration', () => {
    const charges = functionCharges(
      prices,
      { architecture: 'arm64', memoryMiB: 2048, coldStart: { kind: 'on-demand' }, coldStartShare: 0.01 },
      monthly(1_000_000),
      takes(50, 1500),
    );
    // 10,000 inits of 1.5 s with 2 GB at 0.0000133334 USD.
    expect(usdOf(charges, 'Init phases of on-demand duration')).toBeCloseTo(30_000 * 0.0000133334, 6);
  });

  it('rounds each invocation up to a millisecond', () => {
    const cost = (meanMs: number) =>
      usdOf(
        functionCharges(
          prices,
          { architecture: 'x86_64', memoryMiB: 1024, coldStart: { kind: 'on-demand' }, coldStartShare: 0 },
          monthly(1_000_000),
          takes(meanMs),
        ),
        'On-demand duration',
      );
    expect(cost(40.01)).toBe(cost(41));
    expect(cost(41)).toBeGreaterThan(cost(40));
  });
});

describe('SnapStart', () => {
  it('charges one version of 1,024 MB for its cache, and 74,400 restores: 10.40 USD', () => {
    const charges = functionCharges(
      prices,
      {
        architecture: 'x86_64',
        memoryMiB: 1024,
        coldStart: { kind: 'snapstart', versions: 1 },
        coldStartShare: 0.01,
      },
      monthly(7_440_000),
      takes(2000, 5000),
    );
    expect(usdOf(charges, 'SnapStart restores')).toBeCloseTo(10.4, 2);
    // The example's month has 31 days and costs 4.03 USD.
    expect((usdOf(charges, 'SnapStart cache') * 31 * 24) / 730).toBeCloseTo(4.03, 2);
    expect(usdOf(charges, 'Init phases of on-demand duration')).toBeNaN();
  });
});

describe('SnapStart with twice the memory and two versions', () => {
  it('costs twice as much for restores and four times as much for the cache', () => {
    const cost = (memoryMiB: number, versions: number, name: string) =>
      usdOf(
        functionCharges(
          prices,
          {
            architecture: 'x86_64',
            memoryMiB,
            coldStart: { kind: 'snapstart', versions },
            coldStartShare: 0.01,
          },
          monthly(1_000_000),
          takes(100),
        ),
        name,
      );
    expect(cost(2048, 2, 'SnapStart restores')).toBeCloseTo(2 * cost(1024, 1, 'SnapStart restores'), 9);
    expect(cost(2048, 2, 'SnapStart cache')).toBeCloseTo(4 * cost(1024, 1, 'SnapStart cache'), 9);
  });
});

describe('provisioned concurrency', () => {
  it('charges 7 environments of 4,096 MB for a day, and 2 million requests of 280 ms: 10.08, 21.78 and 0.40 USD', () => {
    const charges = functionCharges(
      prices,
      {
        architecture: 'x86_64',
        memoryMiB: 4096,
        coldStart: { kind: 'provisioned', min: 7, max: 7, targetUtilization: 0.7 },
        coldStartShare: 0,
      },
      monthly(2_000_000),
      takes(280),
    );
    // The example's event lasts 24 hours of the 730.
    expect((usdOf(charges, 'Provisioned concurrency') * 24) / 730).toBeCloseTo(10.08, 2);
    expect(usdOf(charges, 'Duration on provisioned concurrency')).toBeCloseTo(21.78, 1);
    expect(usdOf(charges, 'Invocations')).toBeCloseTo(0.4, 6);
  });
});

describe('spillover', () => {
  it('of one environment with a concurrency of one is half of the requests', () => {
    const charges = functionCharges(
      prices,
      {
        architecture: 'x86_64',
        memoryMiB: 1024,
        coldStart: { kind: 'provisioned', min: 1, max: 1, targetUtilization: 0.7 },
        coldStartShare: 0.5,
      },
      { requestsPerSecond: 10 },
      takes(100, 1000),
    );
    const half = SECONDS_PER_MONTH / 2;
    expect(usdOf(charges, 'Duration on provisioned concurrency')).toBeCloseTo(half * 0.0000097222, 6);
    expect(usdOf(charges, 'Spillover duration')).toBeCloseTo(half * 0.0000166667, 6);
    // Half of those 5 requests/s start an environment, for a second each.
    expect(usdOf(charges, 'Init phases of spillover duration')).toBeCloseTo(5 * half * 0.0000166667, 6);
  });
});

describe('tiers', () => {
  it('charges every part of the quantity at the price of its tier', () => {
    // 333 million at 3.50, 667 million at 2.80 and one million at 2.38 USD a million.
    expect(usdFor(prices, 'restApiRequest', 1_001_000_000)).toBeCloseTo(333 * 3.5 + 667 * 2.8 + 2.38, 6);
  });
});

describe('what surrounds the function', () => {
  it('charges the firewall its web ACL, its rules and each request', () => {
    const charges = gatewayCharges(prices, { wafRules: 3, probesPerMonth: 0 }, monthly(10_000_000));
    const firewall = charges.filter(({ group }) => group === 'firewall');
    expect(firewall.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(5 + 3 + 6, 6);
  });

  it('samples the first trace of a second and 5 % of the others', () => {
    const around = {
      tracing: true,
      probesPerMonth: 0,
      logRetentionDays: 30,
      alarmMetrics: 0,
      compositeAlarms: 0,
      dashboards: 0,
      logMetrics: 0,
    };
    const traces = (requestsPerSecond: number) =>
      usdOf(observabilityCharges(prices, around, { requestsPerSecond }), 'Traces');
    expect(traces(0.5)).toBeCloseTo(0.5 * SECONDS_PER_MONTH * 0.000005, 6);
    expect(traces(21)).toBeCloseTo(2 * SECONDS_PER_MONTH * 0.000005, 6);
  });
});
