import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** In the repository. `npm run cost:report` writes it from the cost model, with the overrides of cdk.json. */
export const EXPECTED_COST_FILE = 'lib/expected-cost.json';
/** The rates that the file has, in requests a second. */
export const EXPECTED_RATES = [0, 1, 5, 20, 100] as const;

const DAYS_PER_MONTH = 365 / 12;

const fileSchema = z.record(
  z.string(),
  z.array(z.strictObject({ requestsPerSecond: z.number(), usdPerMonth: z.number() })).min(2),
);
export type ExpectedCost = z.output<typeof fileSchema>;

export function readExpectedCost(): ExpectedCost {
  return fileSchema.parse(JSON.parse(readFileSync(new URL('expected-cost.json', import.meta.url), 'utf8')));
}

/**
 * What a day of a stage costs by the cost model, in USD, interpolated between the rates of the file.
 *
 * @param requestsPerSecond on average over the day
 * @throws Error if the stage is not in the file.
 */
export function expectedUsdPerDay(
  stage: string,
  requestsPerSecond: number,
  costs = readExpectedCost(),
): number {
  const points = costs[stage];
  if (!points) {
    const known = Object.keys(costs).join(', ');
    throw new Error(`${EXPECTED_COST_FILE}: expected one of ${known}, got ${stage}`);
  }
  const above = points.findIndex((point) => point.requestsPerSecond >= requestsPerSecond);
  const end = Math.max(1, above === -1 ? points.length - 1 : above);
  const [from, to] = [points[end - 1], points[end]];
  if (!from || !to) throw new Error(`${EXPECTED_COST_FILE}: expected at least two rates for ${stage}`);
  const share =
    (requestsPerSecond - from.requestsPerSecond) / (to.requestsPerSecond - from.requestsPerSecond);
  return (from.usdPerMonth + share * (to.usdPerMonth - from.usdPerMonth)) / DAYS_PER_MONTH;
}
