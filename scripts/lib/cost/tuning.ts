import type { PriceBook } from '../../../lib/prices.ts';
import { sumOf, type Traffic } from './bill.ts';
import type { DurationModel } from './durations.ts';
import { functionCharges, type LambdaFunction, threadsOf, vcpusOf } from './function.ts';

/** From a third of a vCPU to Lambda's maximum, with every whole vCPU. */
export const MEMORY_MIB = [
  512, 640, 768, 1024, 1280, 1536, 1769, 2048, 2560, 3072, 3538, 4096, 5307, 6144, 7076, 8192, 8845, 10_240,
] as const;

export interface MemoryOption {
  readonly memoryMiB: number;
  readonly vcpus: number;
  readonly threads: number;
  readonly meanMs: number;
  readonly p95Ms: number;
  /** Lambda's charges only: what surrounds the function costs the same with any memory. */
  readonly usdPerMonth: number;
  readonly isWithinTarget: boolean;
  readonly isExtrapolated: boolean;
}

export interface Tuning {
  readonly options: readonly MemoryOption[];
  /** Undefined if no setting keeps the target. */
  readonly cheapest: MemoryOption | undefined;
}

/** The cost and p95 of every memory setting, and the cheapest setting that keeps p95 within a target. */
export function tuneMemory(
  book: PriceBook,
  lambda: Omit<LambdaFunction, 'memoryMiB'>,
  traffic: Traffic,
  durations: DurationModel,
  targetP95Ms: number,
): Tuning {
  const options = MEMORY_MIB.map((memoryMiB) => {
    const { meanMs, p95Ms, isExtrapolated } = durations.prediction(vcpusOf(memoryMiB));
    return {
      memoryMiB,
      vcpus: vcpusOf(memoryMiB),
      threads: threadsOf(memoryMiB),
      meanMs,
      p95Ms,
      usdPerMonth: sumOf(functionCharges(book, { ...lambda, memoryMiB }, traffic, durations)),
      isWithinTarget: p95Ms <= targetP95Ms,
      isExtrapolated,
    };
  });
  const [cheapest] = options
    .filter(({ isWithinTarget }) => isWithinTarget)
    .sort((a, b) => a.usdPerMonth - b.usdPerMonth || a.p95Ms - b.p95Ms);
  return { options, cheapest };
}
