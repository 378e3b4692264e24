import type { PriceBook } from '../../../../lib/prices.ts';
import { markdownTable } from '../../generated/markdown.ts';
import type { Alternative } from '../alternatives.ts';
import { type Bill, type Charge, GROUPS, sumOf, type Traffic } from '../bill.ts';
import type { Measurement } from '../durations.ts';
import type { Tuning } from '../tuning.ts';
import { groupSums, quantityText, remarkOn, usd } from './cells.ts';

/** One rate of traffic, and what each alternative costs at it. */
export interface Compared extends Traffic {
  readonly alternatives: readonly Alternative[];
}

export function billTable(bill: Bill): string {
  return markdownTable(
    ['Charge', 'Quantity', 'USD a month'],
    [
      ...bill.charges.map(({ name, quantity, usd: amount }) => [name, quantityText(quantity), usd(amount)]),
      ['**Total**', '', `**${usd(bill.usdPerMonth)}**`],
    ],
  );
}

/** @param chargesOf the charges for a percentage of the images. */
export function captureTable(chargesOf: (percent: number) => readonly Charge[]): string {
  const rows = [0.1, 1, 10, 100].map((percent) => {
    const charges = chargesOf(percent);
    return [`${percent} %`, ...charges.map((one) => usd(one.usd)), usd(sumOf(charges))];
  });
  const names = chargesOf(1).map(({ name }) => name);
  return markdownTable(['Share', ...names, 'USD a month'], rows);
}

export function tuningTable(tuning: Tuning): string {
  return markdownTable(
    ['Memory MiB', 'vCPUs', 'Threads', 'Mean ms', 'p95 ms', 'USD a month', ''],
    tuning.options.map((option) => [
      option.memoryMiB,
      option.vcpus.toFixed(2),
      option.threads,
      option.meanMs.toFixed(0),
      option.p95Ms.toFixed(0),
      usd(option.usdPerMonth),
      remarkOn(option, tuning),
    ]),
  );
}

export function comparisonTable(compared: readonly Compared[]): string {
  const names = compared[0]?.alternatives.map(({ name }) => name) ?? [];
  return markdownTable(
    ['USD a month', ...compared.map(({ requestsPerSecond }) => `${requestsPerSecond} requests/s`)],
    names.map((name, index) => [
      name,
      ...compared.map(({ alternatives }) => {
        const one = alternatives[index];
        return one?.bill ? `${usd(one.bill.usdPerMonth)} (${one.detail})` : 'overloaded';
      }),
    ]),
  );
}

/**
 * The bill and the cheapest memory, if Lambda is slower than the measured machine by one factor or another.
 */
export function slowdownTable(
  at: (slowdown: number) => { readonly bill: Bill; readonly tuning: Tuning },
): string {
  const rows = [1, 2, 3, 5, 8].map((slowdown) => {
    const { bill, tuning } = at(slowdown);
    const memory = tuning.cheapest ? `${tuning.cheapest.memoryMiB} MiB` : 'none';
    return [slowdown, ...groupSums(bill).map(usd), usd(bill.usdPerMonth), memory];
  });
  return markdownTable(['Slowdown', ...GROUPS, 'USD a month', 'Cheapest memory within the target'], rows);
}

export function measuredSection({
  measuredOn,
  machine,
  image,
  photoBytes,
  rounds,
  requestsPerRound,
  periodMs,
  initMs,
  points,
}: Measurement) {
  return [
    '## Measurements',
    `By \`npm run bench:vcpu-shares\` on ${measuredOn}: ${machine}, image \`${image}\`. One client sent \`POST /predict\` with a
500 px JPEG of ${photoBytes.toLocaleString('en-US')} bytes over loopback, one request after the other. The figures are medians of
${rounds} rounds of ${requestsPerRound} requests, with CPU quotas in periods of ${periodMs} ms. The init phase takes ${initMs.toFixed(0)} ms with one
vCPU. With two vCPUs the client competes for the same two cores.`,
    markdownTable(
      ['vCPUs', 'Threads', 'Mean ms', 'p50 ms', 'p95 ms', 'CPU ms'],
      points.map((point) => [
        point.vcpuShare,
        point.threads,
        ...[point.meanMs, point.p50Ms, point.p95Ms, point.cpuMs].map((ms) => ms.toFixed(1)),
      ]),
    ),
  ].join('\n\n');
}

export function priceTable({ prices }: PriceBook): string {
  return markdownTable(
    ['Price', 'USD', 'Unit', 'Page', 'Seen'],
    Object.entries(prices).map(([name, { unit, usd: price, source, evidence }]) => [
      name,
      typeof price === 'number' ? plain(price) : price.map((tier) => plain(tier.usd)).join(', then '),
      unit,
      `[page](${source})`,
      evidence,
    ]),
  );
}

/** Without an exponent. */
const plain = (price: number): string => price.toLocaleString('en-US', { maximumFractionDigits: 12 });
