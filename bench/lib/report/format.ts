import { median, type Spread } from '../../../scripts/lib/statistics.ts';

/** With two or three significant digits. */
export function number(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en');
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(2);
}

export const times = (value: number): string => `${number(value)}×`;

/** The median, and the lowest and the highest round if there were several. */
export function withSpread({ median, low, high }: Spread): string {
  return low === high ? number(median) : `${number(median)} (${number(low)} to ${number(high)})`;
}

/** The median of rounds. */
export const middle = (rounds: readonly number[]): string => number(median(rounds));
