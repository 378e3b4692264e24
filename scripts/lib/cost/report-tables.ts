import type { PriceBook } from '../../../lib/prices.ts';
import type { Bill, Load } from './bill.ts';
import type { Alternative } from './comparison.ts';
import type { Measurement } from './durations.ts';
import { GROUPS, groupSums, markdownTable, remarkOn, usd } from './format.ts';
import type { Tuning } from './tuning.ts';

/** A load, and what can carry it. */
export interface Compared extends Load {
  readonly alternatives: readonly Alternative[];
}

export function billTable(bill: Bill): string {
  return markdownTable(
    ['Charge', 'Quantity', 'USD a month'],
    [
      ...bill.charges.map(({ name, quantity, usd: amount }) => [
        name,
        quantity.toLocaleString('en-US', { maximumSignificantDigits: 4 }),
        usd(amount),
      ]),
      ['**Total**', '', `**${usd(bill.usdPerMonth)}**`],
    ],
  );
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

export function comparisonTable(loads: readonly Compared[]): string {
  const names = loads[0]?.alternatives.map(({ name }) => name) ?? [];
  return markdownTable(
    ['USD a month', ...loads.map(({ requestsPerSecond }) => `${requestsPerSecond} requests/s`)],
    names.map((name, index) => [
      name,
      ...loads.map(({ alternatives }) => {
        const one = alternatives[index];
        return one?.bill ? `${usd(one.bill.usdPerMonth)} (${one.detail})` : 'too much for it';
      }),
    ]),
  );
}

/** What the bill becomes, and the memory, with Lambda so many times slower than the measured machine. */
export function slowdownTable(
  at: (slowdown: number) => { readonly bill: Bill; readonly tuning: Tuning },
): string {
  const rows = [1, 2, 3, 5, 8].map((slowdown) => {
    const { bill, tuning } = at(slowdown);
    const memory = tuning.cheapest ? `${tuning.cheapest.memoryMiB} MiB` : 'none';
    return [slowdown, ...groupSums(bill).map(usd), usd(bill.usdPerMonth), memory];
  });
  return markdownTable(['Slowdown', ...GROUPS, 'USD a month', 'Cheapest memory in time'], rows);
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
    '## Measured',
    `\`node bench/vcpu-shares.ts\`, ${measuredOn}: ${machine}; image \`${image}\`; \`POST /predict\` of a 500 px JPEG of
${photoBytes.toLocaleString('en-US')} bytes over loopback, one after the other; medians of ${rounds} rounds of
${requestsPerRound} requests; CPU quotas in periods of ${periodMs} ms. Init phase with one vCPU: ${initMs.toFixed(0)} ms. With
two vCPUs the client takes its CPU from the same two cores.`,
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
