import { z } from 'zod';
import file from './prices.json' with { type: 'json' };

/** Everything that lib/prices.json has a price for. */
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
  'logsScanned',
  'customMetric',
  'alarmMetric',
  'compositeAlarm',
  'dashboard',
  'trace',
  'wafAcl',
  'wafRule',
  'wafRequest',
  'registryStorage',
  's3Put',
  's3Get',
  's3Storage',
  'stateTransition',
  'secret',
  'kmsRequest',
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
    message: 'expected upTo to be null in the last tier and only there',
  });
const priceSchema = z.strictObject({
  /** The quantity that the price is for, such as a GB-second. */
  unit: z.string().min(1),
  /** USD per unit; a list of tiers if the price falls with the monthly quantity. */
  usd: z.union([usd, tiers]),
  /** AWS's own page about this price. */
  source: z.url({ protocol: /^https$/ }),
  /** Where the number itself was found. */
  evidence: z.string().min(1),
});
const bookSchema = z.strictObject({
  region: z.string(),
  /** When the prices were last compared with their evidence. */
  checkedOn: z.iso.date(),
  prices: z.record(z.enum(PRICE_NAMES), priceSchema),
});

export type Price = z.output<typeof priceSchema>;
export type PriceBook = z.output<typeof bookSchema>;

/**
 * List prices in USD, without free tier, discounts and taxes.
 * @throws ZodError if a price is missing or invalid.
 */
export function readPrices(): PriceBook {
  return bookSchema.parse(file);
}

/**
 * USD for a monthly quantity. Each tier's price applies to the part of the quantity that falls into the tier.
 */
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

/** USD per unit. If the price falls with the monthly quantity, the highest one. */
export function firstTierUsd(book: PriceBook, name: PriceName): number {
  const { usd: price } = book.prices[name];
  return typeof price === 'number' ? price : Math.max(...price.map((tier) => tier.usd));
}
