import type { LineChart } from '../../plot/line-chart.ts';
import type { Tuning } from '../tuning.ts';
import type { Compared } from './tables.ts';

/** p95 and cost by memory. */
export function tuningCharts(
  { options }: Tuning,
  targetP95Ms: number,
  requestsPerSecond: number,
): LineChart[] {
  const axis = { xTitle: 'Memory in MiB', xAxis: 'logarithmic', yAxis: 'linear' } as const;
  const dashedFrom = options.find((option) => option.isExtrapolated)?.memoryMiB;
  const by = (value: (option: Tuning['options'][number]) => number) =>
    options.map((option) => [option.memoryMiB, value(option)] as const);
  const subtitle = 'Dashed: extrapolated, not measured.';
  return [
    {
      title: 'Duration of one prediction, in milliseconds',
      subtitle,
      ...axis,
      series: [
        { name: 'p95', points: by(({ p95Ms }) => p95Ms), dashedFrom },
        { name: 'Mean', points: by(({ meanMs }) => meanMs), dashedFrom },
      ],
      limits: [{ name: `Target of p95, ${targetP95Ms} ms`, y: targetP95Ms }],
    },
    {
      title: `Lambda’s charges at ${requestsPerSecond} requests/s, in USD a month`,
      subtitle,
      ...axis,
      series: [{ name: 'Lambda', points: by(({ usdPerMonth }) => usdPerMonth), dashedFrom }],
    },
  ];
}

/** Cost by traffic, for each alternative. */
export function comparisonChart(compared: readonly Compared[]): LineChart {
  const names = compared[0]?.alternatives.map(({ name }) => name) ?? [];
  return {
    title: 'The same traffic elsewhere, in USD a month',
    subtitle: 'Lower is better. Both axes are logarithmic.',
    xTitle: 'Requests a second, all month',
    xAxis: 'logarithmic',
    yAxis: 'logarithmic',
    series: names.map((name, index) => ({
      name,
      isMain: index === 0,
      points: compared.flatMap(({ requestsPerSecond, alternatives }) => {
        const bill = alternatives[index]?.bill;
        return bill ? [[requestsPerSecond, bill.usdPerMonth] as const] : [];
      }),
    })),
  };
}
