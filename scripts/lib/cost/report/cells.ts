import { type Bill, GROUPS, sumOf } from '../bill.ts';
import type { MemoryOption, Tuning } from '../tuning.ts';

/** With two decimals, or with as many as a small amount needs. */
export function usd(amount: number): string {
  if (amount !== 0 && Math.abs(amount) < 0.095) return amount.toPrecision(1);
  return amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

export const quantityText = (quantity: number): string =>
  quantity.toLocaleString('en-US', { maximumSignificantDigits: 4 });

/** The charges of each group, in the order of {@link GROUPS}. */
export function groupSums(bill: Bill): number[] {
  return GROUPS.map((group) => sumOf(bill.charges, group));
}

/** The last column of the table of memory settings. */
export function remarkOn(option: MemoryOption, { cheapest }: Tuning): string {
  const remarks = [
    ...(option === cheapest ? ['cheapest'] : []),
    ...(option.isWithinTarget ? [] : ['too slow']),
    ...(option.isExtrapolated ? ['extrapolated'] : []),
  ];
  return remarks.join(', ');
}
