import { MIB_PER_VCPU, threadsFor } from '../../../lambda/config.ts';
import type { PriceBook, PriceName } from '../../../lib/prices.ts';
import { type Charge, charge, requestsPerMonth, SECONDS_PER_MONTH, type Traffic } from './bill.ts';
import type { DurationModel } from './durations.ts';

export type Architecture = 'x86_64' | 'arm64';

export type BilledColdStart =
  | {
      readonly kind: 'provisioned';
      /** Execution environments, and the share of them in use at which Lambda starts more. */
      readonly min: number;
      readonly max: number;
      readonly targetUtilization: number;
    }
  | {
      readonly kind: 'snapstart';
      /** Published versions. AWS bills a snapshot for each one that is not deleted. */
      readonly versions: number;
    }
  | { readonly kind: 'on-demand' };

export interface LambdaFunction {
  readonly architecture: Architecture;
  readonly memoryMiB: number;
  readonly coldStart: BilledColdStart;
  /** Share of the on-demand requests that start an execution environment, 0..1. */
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

/** For a GB-second without provisioned concurrency. */
export const onDemandPrice = (architecture: Architecture): PriceName => PRICES[architecture].duration;

/**
 * Lambda's charges for a month, by the formulas of the worked examples on aws.amazon.com/lambda/pricing:
 * requests, and memory in GB of 1,024 MiB times seconds, with each invocation rounded up to a millisecond.
 *
 * - On demand, the init phase of a cold start is billed as duration. For container images it always was; for
 *   the others, since August 2025: "AWS Lambda standardizes billing for INIT Phase", AWS Compute Blog.
 * - Provisioned concurrency is billed while it is configured, and its invocations at a lower rate. Requests
 *   that find every environment busy spill over and are billed on demand.
 * - SnapStart replaces the init phase by a restore. The snapshot of every published version is billed while
 *   it exists. SnapStart supports container images:
 *   docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-custom.html.
 */
export function functionCharges(
  book: PriceBook,
  { architecture, memoryMiB, coldStart, coldStartShare }: LambdaFunction,
  traffic: Traffic,
  durations: DurationModel,
): Charge[] {
  const prices = PRICES[architecture];
  const gigabytes = memoryMiB / 1024;
  const vcpus = vcpusOf(memoryMiB);
  const requests = requestsPerMonth(traffic);
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
      const concurrency = concurrencyOf(traffic.requestsPerSecond, meanMs);
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

/**
 * The environments that target tracking settles on: the fewest that keep utilisation at the target. A request
 * uses an environment itself, and finds as many others in use as are on average, if requests arrive at
 * random. AWS does not say when it samples the utilisation; at the start of each request is the costliest
 * case, and fits a single request that reports 100 % of one environment (docs/adr/0026).
 *
 * @param concurrency 0 without requests. The probe does not count: lib/constructs/scaling.ts.
 */
export function provisionedEnvironments(
  { min, max, targetUtilization }: Extract<BilledColdStart, { kind: 'provisioned' }>,
  concurrency: number,
): number {
  const used = concurrency > 0 ? concurrency + 1 : 0;
  return Math.min(max, Math.max(min, Math.ceil(used / targetUtilization)));
}

/**
 * The vCPUs of 10,240 MiB:
 * aws.amazon.com/blogs/aws/new-for-aws-lambda-functions-with-up-to-10-gb-of-memory-and-6-vcpus.
 */
const MOST_VCPUS = 6;

/** The share of a vCPU, or the number of vCPUs, that a memory setting of Lambda buys. */
export function vcpusOf(memoryMiB: number): number {
  return Math.min(MOST_VCPUS, memoryMiB / MIB_PER_VCPU);
}

/** Threads of the model with that memory. */
export const threadsOf = (memoryMiB: number): number => threadsFor(vcpusOf(memoryMiB));

/** Requests in progress at the same time, on average: Little's law, L = λW. */
function concurrencyOf(requestsPerSecond: number, durationMs: number): number {
  return (requestsPerSecond * durationMs) / 1000;
}

/**
 * The share of requests that find all of `servers` busy, if requests arrive at random and do not wait.
 * Provisioned concurrency behaves like that: what it cannot serve spills over. This is Erlang's loss formula
 * by its recursion B(n) = aB(n-1) / (n + aB(n-1)), B(0) = 1, with the concurrency as the offered load a.
 */
export function lossShare(concurrency: number, servers: number): number {
  let share = 1;
  for (let count = 1; count <= servers; count += 1) {
    share = (concurrency * share) / (count + concurrency * share);
  }
  return share;
}
