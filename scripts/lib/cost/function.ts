import type { PriceBook, PriceName } from '../../../lib/prices.ts';
import { type Charge, charge, type Load, requestsPerMonth } from './bill.ts';
import { concurrencyOf, lossShare, SECONDS_PER_MONTH, vcpusOf } from './capacity.ts';
import type { DurationModel } from './durations.ts';

export type Architecture = 'x86_64' | 'arm64';

export type ColdStart =
  | {
      readonly kind: 'provisioned';
      /** Environments, and the share of them in use at which more are made. */
      readonly min: number;
      readonly max: number;
      readonly targetUtilization: number;
    }
  | {
      readonly kind: 'snapstart';
      /** Published versions; each one that is not deleted keeps a snapshot, and pays for it. */
      readonly versions: number;
    }
  | { readonly kind: 'on-demand' };

export interface LambdaFunction {
  readonly architecture: Architecture;
  readonly memoryMiB: number;
  readonly coldStart: ColdStart;
  /** Share of the requests without a provisioned environment that start one, 0..1. */
  readonly coldStartShare: number;
}

const PRICES = {
  x86_64: {
    duration: 'lambdaDurationX86',
    provisioned: 'provisionedX86',
    provisionedDuration: 'provisionedDurationX86',
  },
  arm64: {
    duration: 'lambdaDurationArm',
    provisioned: 'provisionedArm',
    provisionedDuration: 'provisionedDurationArm',
  },
} satisfies Record<Architecture, Record<string, PriceName>>;

/**
 * What Lambda charges in a month, by the formulas of the worked examples on aws.amazon.com/lambda/pricing: requests,
 * and memory in GB of 1,024 MiB times seconds, each invocation rounded up to a millisecond.
 *
 * - On demand, the init phase of a cold start is billed as duration: "AWS Lambda standardizes billing for INIT Phase",
 *   AWS Compute Blog, in force since August 2025; for container images it always was.
 * - Provisioned concurrency is billed while it is configured, and its invocations at a lower rate. What finds every
 *   environment busy spills over and is billed on demand.
 * - SnapStart replaces the init phase by a restore, and the snapshot of every published version is billed while it
 *   exists. It takes container images: docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-custom.html.
 */
export function functionCharges(
  book: PriceBook,
  { architecture, memoryMiB, coldStart, coldStartShare }: LambdaFunction,
  load: Load,
  durations: DurationModel,
): Charge[] {
  const prices = PRICES[architecture];
  const gigabytes = memoryMiB / 1024;
  const vcpus = vcpusOf(memoryMiB);
  const requests = requestsPerMonth(load);
  const { meanMs } = durations.prediction(vcpus);
  const compute = (name: string, price: PriceName, quantity: number) =>
    charge(book, 'compute', name, price, quantity);
  const gigabyteSeconds = (count: number, ms: number) => count * (Math.ceil(ms) / 1000) * gigabytes;
  const onDemand = (count: number, name: string) => [
    compute(name, prices.duration, gigabyteSeconds(count, meanMs)),
    compute(
      `Init phases of ${name.toLowerCase()}`,
      prices.duration,
      gigabyteSeconds(count * coldStartShare, durations.initMs(vcpus)),
    ),
  ];
  const invocations = compute('Invocations', 'lambdaRequest', requests);

  switch (coldStart.kind) {
    case 'on-demand':
      return [invocations, ...onDemand(requests, 'On-demand duration')];
    case 'snapstart':
      return [
        invocations,
        compute('On-demand duration', prices.duration, gigabyteSeconds(requests, meanMs)),
        compute('SnapStart cache', 'snapStartCache', coldStart.versions * gigabytes * SECONDS_PER_MONTH),
        compute('SnapStart restores', 'snapStartRestore', requests * coldStartShare * gigabytes),
      ];
    case 'provisioned': {
      const concurrency = concurrencyOf(load.requestsPerSecond, meanMs);
      const environments = provisionedEnvironments(coldStart, concurrency);
      const spilled = requests * lossShare(concurrency, environments);
      const served = gigabyteSeconds(requests - spilled, meanMs);
      return [
        invocations,
        compute('Provisioned concurrency', prices.provisioned, environments * gigabytes * SECONDS_PER_MONTH),
        compute('Duration on provisioned concurrency', prices.provisionedDuration, served),
        ...onDemand(spilled, 'Spillover duration'),
      ];
    }
  }
}

/** Environments that target tracking settles on: the least whose utilisation stays at the target. */
export function provisionedEnvironments(
  { min, max, targetUtilization }: Extract<ColdStart, { kind: 'provisioned' }>,
  concurrency: number,
): number {
  return Math.min(max, Math.max(min, Math.ceil(concurrency / targetUtilization)));
}
