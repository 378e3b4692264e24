import { type PriceBook, type PriceName, usdFor } from '../../../lib/prices.ts';

/** Hours of a month, as AWS's own calculators count them: 365 days / 12. */
export const HOURS_PER_MONTH = 730;
export const DAYS_PER_MONTH = HOURS_PER_MONTH / 24;
export const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600;
/** Bytes. */
export const GB = 1e9;

export const GROUPS = ['compute', 'gateway', 'firewall', 'observability', 'storage'] as const;
export type Group = (typeof GROUPS)[number];

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
  /** Undefined if there are no requests. */
  readonly usdPerMillion: number | undefined;
}

/** A steady rate of requests, each with one prediction. */
export interface Traffic {
  readonly requestsPerSecond: number;
}

export function requestsPerMonth({ requestsPerSecond }: Traffic): number {
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

export function billOf(charges: readonly Charge[], traffic: Traffic): Bill {
  const usdPerMonth = sumOf(charges);
  const requests = requestsPerMonth(traffic);
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
