import { readFileSync } from 'node:fs';
import { z } from 'zod';

const FILE = 'scripts/lib/cost/prices.json';

/** What the cost row of the dashboard counts; the file has more. */
const PRICE_NAMES = [
  'lambdaRequest',
  'lambdaDurationX86',
  'lambdaDurationArm',
  'provisionedX86',
  'provisionedArm',
  'provisionedDurationX86',
  'provisionedDurationArm',
  'restApiRequest',
  'wafRequest',
  'logsIngested',
] as const;
export type PriceName = (typeof PRICE_NAMES)[number];

const usd = z.number().positive();
const price = z.object({ usd: z.union([usd, z.array(z.object({ usd })).min(1)]) });
const bookSchema = z.object({
  region: z.string(),
  checkedOn: z.iso.date(),
  prices: z.object(
    Object.fromEntries(PRICE_NAMES.map((name) => [name, price])) as Record<PriceName, typeof price>,
  ),
});

/** The list prices that `scripts/` computes bills from: one file for both. */
export function readPrices(): z.output<typeof bookSchema> {
  return bookSchema.parse(JSON.parse(readFileSync(new URL(`../../../../${FILE}`, import.meta.url), 'utf8')));
}

/** USD for one unit, where the price falls with the quantity of a month its highest. */
export function firstTierUsd(name: PriceName): number {
  const { usd } = readPrices().prices[name];
  if (typeof usd === 'number') return usd;
  return Math.max(...usd.map((tier) => tier.usd));
}
