import { MIB_PER_VCPU, threadsFor } from '../../../lambda/config.ts';

/** What 10,240 MiB buy: aws.amazon.com/blogs/aws/new-for-aws-lambda-functions-with-up-to-10-gb-of-memory-and-6-vcpus. */
const MOST_VCPUS = 6;
/** Hours of a month, as AWS's own calculators count them: 365 days / 12. */
export const HOURS_PER_MONTH = 730;
export const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600;

/** The share of a vCPU, or the number of vCPUs, that a memory setting of Lambda buys. */
export function vcpusOf(memoryMiB: number): number {
  return Math.min(MOST_VCPUS, memoryMiB / MIB_PER_VCPU);
}

/** Threads of the model under that setting. */
export const threadsOf = (memoryMiB: number): number => threadsFor(vcpusOf(memoryMiB));

/** Requests in progress at once, on average: Little's law, L = λW. */
export function concurrencyOf(requestsPerSecond: number, durationMs: number): number {
  return (requestsPerSecond * durationMs) / 1000;
}

/**
 * The share of requests that find all of `servers` busy where they arrive at random and do not wait: Erlang's loss
 * formula by its recursion B(n) = aB(n-1) / (n + aB(n-1)), B(0) = 1, with the concurrency as the offered load a. So
 * provisioned concurrency behaves, whose overflow spills to other environments.
 */
export function lossShare(concurrency: number, servers: number): number {
  let share = 1;
  for (let count = 1; count <= servers; count += 1) {
    share = (concurrency * share) / (count + concurrency * share);
  }
  return share;
}
