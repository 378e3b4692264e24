import type { PriceBook } from '../../../lib/prices.ts';
import { type Bill, billOf, charge, type Load, requestsPerMonth } from './bill.ts';
import { vcpusOf } from './capacity.ts';
import type { DurationModel } from './durations.ts';
import { gatewayCharges, observabilityCharges, registryCharges, type Surroundings } from './surroundings.ts';
import { BYTES } from './volumes.ts';

const GB = 1e9;

/** Memory of a serverless endpoint in MiB: docs.aws.amazon.com/sagemaker, ProductionVariantServerlessConfig. */
export const SERVERLESS_MEMORY_MIB = [1024, 2048, 3072, 4096, 5120, 6144] as const;

/**
 * The same image as a SageMaker Serverless Inference endpoint, behind the same gateway, because an endpoint itself
 * takes signed requests only. Billed are processing seconds by memory, and the data in and out. Its documentation says
 * that CPU is in proportion to memory, not how much; that of Lambda is assumed. Cold starts are not billed.
 */
export function sageMakerBill(
  book: PriceBook,
  memoryMiB: (typeof SERVERLESS_MEMORY_MIB)[number],
  surroundings: Surroundings,
  load: Load,
  durations: DurationModel,
): Bill {
  const requests = requestsPerMonth(load);
  const seconds = requests * (Math.ceil(durations.prediction(vcpusOf(memoryMiB)).meanMs) / 1000);
  const data = (requests * (BYTES.request + BYTES.response)) / GB;
  return billOf(
    [
      charge(book, 'compute', 'SageMaker duration', 'sageMakerServerless', seconds * (memoryMiB / 1024)),
      charge(book, 'compute', 'SageMaker data', 'sageMakerData', data),
      ...gatewayCharges(book, surroundings, load),
      ...observabilityCharges(book, surroundings, load),
      ...registryCharges(book),
    ],
    load,
  );
}
