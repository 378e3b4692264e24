import { type PriceBook, type PriceName, usdFor } from '../../../lib/prices.ts';
import { SECONDS_PER_MONTH } from './capacity.ts';

export type Group = 'compute' | 'gateway' | 'firewall' | 'observability' | 'storage';

/** One line of a monthly bill. */
export interface Charge {
  readonly group: Group;
  readonly name: string;
  /** In the unit of its price. */
  readonly quantity: number;
  readonly usd: number;
}

export interface Bill {
  readonly charges: readonly Charge[];
  readonly usdPerMonth: number;
  /** Undefined where nothing is predicted. */
  readonly usdPerMillion: number | undefined;
}

/** What clients ask for: steady requests, each one prediction. */
export interface Load {
  readonly requestsPerSecond: number;
}

export function requestsPerMonth({ requestsPerSecond }: Load): number {
  return requestsPerSecond * SECONDS_PER_MONTH;
}

export function charge(
  book: PriceBook,
  group: Group,
  name: string,
  price: PriceName,
  quantity: number,
): Charge {
  return { group, name, quantity, usd: usdFor(book, price, quantity) };
}

export function billOf(charges: readonly Charge[], load: Load): Bill {
  const usdPerMonth = sumOf(charges);
  const requests = requestsPerMonth(load);
  return {
    charges: charges.filter(({ usd }) => usd > 0),
    usdPerMonth,
    usdPerMillion: requests > 0 ? (usdPerMonth / requests) * 1e6 : undefined,
  };
}

export function sumOf(charges: readonly Charge[], group?: Group): number {
  return charges
    .filter((one) => group === undefined || one.group === group)
    .reduce((total, { usd }) => total + usd, 0);
}
