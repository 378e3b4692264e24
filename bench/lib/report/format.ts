import { median, type Spread } from '../../../scripts/lib/statistics.ts';

/** With two or three significant digits. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en');
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(2);
}

export const times = (value: number): string => `${formatNumber(value)}×`;

/** The median, and the lowest and the highest round if there were several. */
export function withSpread({ median, low, high }: Spread): string {
  return low === high
    ? formatNumber(median)
    : `${formatNumber(median)} (${formatNumber(low)} to ${formatNumber(high)})`;
}

/** The median of rounds. */
export const middle = (rounds: readonly number[]): string => formatNumber(median(rounds));
