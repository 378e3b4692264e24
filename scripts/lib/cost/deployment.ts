import type { PriceBook } from '../../../lib/prices.ts';
import { type Bill, billOf, type Load } from './bill.ts';
import type { DurationModel } from './durations.ts';
import { functionCharges, type LambdaFunction } from './function.ts';
import { gatewayCharges, observabilityCharges, registryCharges, type Surroundings } from './surroundings.ts';

/** One deployed stage: the function, and what stands around it. */
export interface Deployment extends LambdaFunction, Surroundings {}

export function deploymentBill(
  book: PriceBook,
  deployment: Deployment,
  load: Load,
  durations: DurationModel,
): Bill {
  return billOf(
    [
      ...functionCharges(book, deployment, load, durations),
      ...gatewayCharges(book, deployment, load),
      ...observabilityCharges(book, deployment, load),
      ...registryCharges(book),
    ],
    load,
  );
}
