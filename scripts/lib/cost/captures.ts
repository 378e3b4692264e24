import type { PriceBook } from '../../../lib/prices.ts';
import { type Charge, charge, DAYS_PER_MONTH, GB, requestsPerMonth, type Traffic } from './bill.ts';
import { type LambdaFunction, onDemandPrice } from './function.ts';
import { BYTES } from './volumes.ts';

/** The images that a stage captures. */
export interface Sample {
  /** Of the classified images, 0..1. */
  readonly share: number;
  readonly keepDays: number;
}

/**
 * How long a captured image keeps its execution environment busy after the answer is ready: a usual time for
 * S3 in the same region (lambda/capture/capture.ts).
 */
const STORE_SECONDS = 0.1;

/**
 * What captured images cost. The time is billed at the price on demand, which is the highest. S3 deletes
 * images at the end of their time for nothing.
 */
export function captureCharges(
  book: PriceBook,
  { architecture, memoryMiB }: Pick<LambdaFunction, 'architecture' | 'memoryMiB'>,
  sample: Sample | 'off',
  traffic: Traffic,
): Charge[] {
  if (sample === 'off') return [];
  const images = requestsPerMonth(traffic) * sample.share;
  const stored = (images * BYTES.request * sample.keepDays) / DAYS_PER_MONTH / GB;
  const waited = images * STORE_SECONDS * (memoryMiB / 1024);
  return [
    charge(book, 'compute', 'Duration of captures', onDemandPrice(architecture), waited),
    charge(book, 'storage', 'Captured images', 's3Put', images),
    charge(book, 'storage', 'Captured images stored', 's3Storage', stored),
  ];
}
