import { z } from 'zod';
import file from './prices.json' with { type: 'json' };

/** Everything that has a price here. */
const PRICE_NAMES = [
  'lambdaRequest',
  'lambdaDurationX86',
  'lambdaDurationArm',
  'provisionedX86',
  'provisionedArm',
  'provisionedDurationX86',
  'provisionedDurationArm',
  'snapStartCache',
  'snapStartRestore',
  'restApiRequest',
  'dataOut',
  'logsIngested',
  'logsStored',
  'customMetric',
  'alarmMetric',
  'compositeAlarm',
  'dashboard',
  'trace',
  'wafAcl',
  'wafRule',
  'wafRequest',
  'registryStorage',
  'eksCluster',
  'nodeM6iLarge',
  'volumeGp3',
  'loadBalancer',
  'loadBalancerCapacity',
  'sageMakerServerless',
  'sageMakerData',
] as const;
export type PriceName = (typeof PRICE_NAMES)[number];

const usd = z.number().positive();
const tiers = z
  .array(z.strictObject({ upTo: z.number().positive().nullable(), usd }))
  .min(1)
  .refine((list) => list.every(({ upTo }, index) => (upTo === null) === (index === list.length - 1)), {
    message: 'expected the last tier, and no other, to have no end',
  });
const priceSchema = z.strictObject({
  /** What one of the quantity is. */
  unit: z.string().min(1),
  /** USD for one unit; a list where the price falls with the quantity of a month. */
  usd: z.union([usd, tiers]),
  /** AWS's own page of this price. */
  source: z.url({ protocol: /^https$/ }),
  /** Where the number itself was seen. */
  evidence: z.string().min(1),
});
const bookSchema = z.strictObject({
  region: z.string(),
  /** When the prices were compared with their evidence. */
  checkedOn: z.iso.date(),
  prices: z.record(z.enum(PRICE_NAMES), priceSchema),
});

export type Price = z.output<typeof priceSchema>;
export type PriceBook = z.output<typeof bookSchema>;

/** List prices in USD, without free tier, discounts and taxes. @throws where the file does not hold each of them. */
export function readPrices(): PriceBook {
  return bookSchema.parse(file);
}

/** USD for a quantity of a month; every tier is paid for the part of the quantity that falls into it. */
export function usdFor(book: PriceBook, name: PriceName, quantity: number): number {
  const { usd: price } = book.prices[name];
  if (typeof price === 'number') return quantity * price;
  let from = 0;
  let total = 0;
  for (const tier of price) {
    const to = tier.upTo ?? Number.POSITIVE_INFINITY;
    total += Math.max(0, Math.min(quantity, to) - from) * tier.usd;
    from = to;
  }
  return total;
}

/** USD for one unit, where the price falls with the quantity of a month its highest. */
export function firstTierUsd(book: PriceBook, name: PriceName): number {
  const { usd: price } = book.prices[name];
  return typeof price === 'number' ? price : Math.max(...price.map((tier) => tier.usd));
}
