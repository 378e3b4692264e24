import type { Panel } from '../plot/svg-plot.ts';
import type { Alternative } from './comparison.ts';
import type { Tuning } from './tuning.ts';

/** p95 and cost over memory. */
export function tuningPanels({ options }: Tuning, targetP95Ms: number, requestsPerSecond: number): Panel[] {
  const x = { label: 'memory in MiB', scale: 'log' } as const;
  const dashedFrom = options.find((option) => option.isExtrapolated)?.memoryMiB;
  const dashed = dashedFrom === undefined ? {} : { dashedFrom };
  const over = (of: (option: Tuning['options'][number]) => number) =>
    options.map((option) => ({ x: option.memoryMiB, y: of(option) }));
  return [
    {
      title: 'Duration of one prediction (dashed: not measured)',
      x,
      y: { label: 'ms' },
      series: [
        { name: 'p95', points: over(({ p95Ms }) => p95Ms), ...dashed },
        { name: 'mean', points: over(({ meanMs }) => meanMs), ...dashed },
      ],
      limits: [{ name: `target ${targetP95Ms} ms`, y: targetP95Ms }],
    },
    {
      title: `Lambda's charges at ${requestsPerSecond} requests/s`,
      x,
      y: { label: 'USD a month' },
      series: [{ name: 'Lambda', points: over(({ usdPerMonth }) => usdPerMonth), ...dashed }],
    },
  ];
}

/** Cost over load for each alternative. */
export function comparisonPanel(
  loads: readonly { readonly requestsPerSecond: number; readonly alternatives: readonly Alternative[] }[],
): Panel {
  const names = loads[0]?.alternatives.map(({ name }) => name) ?? [];
  return {
    title: 'The same load elsewhere',
    x: { label: 'requests/s, all month', scale: 'log' },
    y: { label: 'USD a month', scale: 'log' },
    series: names.map((name, index) => ({
      name,
      points: loads.flatMap(({ requestsPerSecond, alternatives }) => {
        const bill = alternatives[index]?.bill;
        return bill ? [{ x: requestsPerSecond, y: bill.usdPerMonth }] : [];
      }),
    })),
  };
}
