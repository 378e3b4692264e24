import type { Bill, Group } from './bill.ts';
import { sumOf } from './bill.ts';
import type { MemoryOption, Tuning } from './tuning.ts';

export const GROUPS: readonly Group[] = ['compute', 'gateway', 'firewall', 'observability', 'storage'];

/** Two digits, or as many as a small amount needs to show. */
export function usd(amount: number): string {
  if (amount !== 0 && Math.abs(amount) < 0.095) return amount.toPrecision(1);
  return amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** A row of cells for Markdown. */
export const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [row(head), row(rule), ...rows.map(row)].join('\n');
}

/** A table of text for terminals: the first column to the left, the others to the right. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, index) =>
    Math.max(...[head, ...rows].map((cells) => cells[index]?.length ?? 0)),
  );
  return [head, ...rows]
    .map((cells) =>
      cells
        .map((cell, index) =>
          index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}

export function formatBill(bill: Bill): string {
  const charges = bill.charges.map(({ group, name, quantity, usd: amount }) => [
    `${group}: ${name}`,
    quantity.toLocaleString('en-US', { maximumSignificantDigits: 4 }),
    usd(amount),
  ]);
  const total = [
    ['a month', '', usd(bill.usdPerMonth)],
    ...(bill.usdPerMillion === undefined ? [] : [['a million predictions', '', usd(bill.usdPerMillion)]]),
  ];
  return textTable(['charge', 'quantity', 'USD'], [...charges, ...total]);
}

/** What a bill is for each group, in the order of {@link GROUPS}. */
export function groupSums(bill: Bill): number[] {
  return GROUPS.map((group) => sumOf(bill.charges, group));
}

/** Of the settings of a tuning, in words of the table's last column. */
export function remarkOn(option: MemoryOption, { cheapest }: Tuning): string {
  const remarks = [
    ...(option === cheapest ? ['cheapest'] : []),
    ...(option.isWithinTarget ? [] : ['too slow']),
    ...(option.isExtrapolated ? ['extrapolated'] : []),
  ];
  return remarks.join(', ');
}

const BAR_WIDTH = 40;

/** A table with a bar for each cost. */
export function formatTuning(tuning: Tuning): string {
  const highest = Math.max(...tuning.options.map(({ usdPerMonth }) => usdPerMonth));
  const table = textTable(
    ['MiB', 'vCPU', 'threads', 'mean ms', 'p95 ms', 'Lambda USD/month', ''],
    tuning.options.map((option) => [
      String(option.memoryMiB),
      option.vcpus.toFixed(2),
      String(option.threads),
      option.meanMs.toFixed(1),
      option.p95Ms.toFixed(1),
      usd(option.usdPerMonth),
      '▇'
        .repeat(Math.max(1, Math.round((BAR_WIDTH * option.usdPerMonth) / highest)))
        .padEnd(BAR_WIDTH + 1)
        .concat(remarkOn(option, tuning).padEnd(24)),
    ]),
  );
  return table.replaceAll(/ +$/gm, '');
}
