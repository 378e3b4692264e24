import { describe, expect, it } from 'vitest';
import { expectedUsdPerDay, readExpectedCost } from '../../../lib/expected-cost.ts';

const points = [
  { requestsPerSecond: 0, usdPerMonth: 73 },
  { requestsPerSecond: 1, usdPerMonth: 146 },
  { requestsPerSecond: 5, usdPerMonth: 292 },
];
const perDay = (requestsPerSecond: number) => expectedUsdPerDay('prod', requestsPerSecond, { prod: points });
const DAYS = 365 / 12;

describe('the expected cost of a day', () => {
  it.each([
    [0, 73],
    [0.5, 109.5],
    [1, 146],
    [3, 219],
    [5, 292],
    [9, 438],
  ])('at %d requests/s is that of the model, between and beyond its rates', (rate, usdPerMonth) => {
    expect(perDay(rate)).toBeCloseTo(usdPerMonth / DAYS, 9);
  });

  it('is known for every stage that AWS bills, and grows with the traffic', () => {
    expect(Object.keys(readExpectedCost()).sort()).toEqual(['dev', 'prod', 'staging']);
    expect(expectedUsdPerDay('prod', 5)).toBeGreaterThan(expectedUsdPerDay('prod', 1));
  });

  it('is refused for another stage, by the name of the file', () => {
    expect(() => expectedUsdPerDay('local', 1)).toThrow(
      /^lib\/expected-cost\.json: expected one of .+, got local$/,
    );
  });
});
