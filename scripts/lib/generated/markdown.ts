import { median, type Spread } from '../statistics.ts';

/** @param alignment of the columns after the first, which is text */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = `|${header.map((_, index) => (index === 0 ? '---' : '---:')).join('|')}|`;
  return [row(header), rule, ...rows.map(row)].join('\n');
}

/** Two or three digits that count. */
export function number(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en');
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(2);
}

export const times = (value: number): string => `${number(value)}×`;

/** The median, with the lowest and the highest round where there were several. */
export function withSpread({ median, low, high }: Spread): string {
  return low === high ? number(median) : `${number(median)} (${number(low)} to ${number(high)})`;
}

/** The median of rounds. */
export const middle = (rounds: readonly number[]): string => number(median(rounds));
