import { EXPECTED_RATES, type ExpectedCost } from '../../../../lib/expected-cost.ts';
import { durationModel } from '../durations.ts';
import { DEFAULT_SLOWDOWN, stageMonthlyCost } from '../stage.ts';
import type { ReportInput } from './document.ts';

/** What each stage costs at some rates, for the budgets that the stages create. */
export function expectedCost({ stages, prices, measurement, inventories }: ReportInput): ExpectedCost {
  const durations = durationModel(measurement, DEFAULT_SLOWDOWN);
  return Object.fromEntries(
    stages.flatMap(({ name, settings }) => {
      const inventory = inventories[name];
      if (!inventory) return [];
      const points = EXPECTED_RATES.map((requestsPerSecond) => {
        const { usdPerMonth } = stageMonthlyCost(
          settings,
          { requestsPerSecond },
          { prices, durations, inventory },
        );
        return { requestsPerSecond, usdPerMonth: Number(usdPerMonth.toFixed(2)) };
      });
      return [[name, points]];
    }),
  );
}
