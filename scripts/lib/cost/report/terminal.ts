import type { Bill } from '../bill.ts';
import type { Tuning } from '../tuning.ts';
import { quantityText, remarkOn, usd } from './cells.ts';

const BAR_WIDTH = 40;

/** A table of text: the first column to the left, the others to the right. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, index) =>
    Math.max(...[header, ...rows].map((cells) => cells[index]?.length ?? 0)),
  );
  return [header, ...rows]
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
    quantityText(quantity),
    usd(amount),
  ]);
  const total = [
    ['a month', '', usd(bill.usdPerMonth)],
    ...(bill.usdPerMillion === undefined ? [] : [['a million predictions', '', usd(bill.usdPerMillion)]]),
  ];
  return textTable(['charge', 'quantity', 'USD'], [...charges, ...total]);
}

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
