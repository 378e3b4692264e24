import { markdownTable } from '../../../scripts/lib/generated/markdown.ts';
import { median, ratioOfRounds } from '../../../scripts/lib/statistics.ts';
import { formatNumber } from '../report/format.ts';
import type { Version } from './version.ts';

/** What is measured of each version, in the order of the table. */
export const FIGURES = {
  startMs: 'Start to first prediction, ms',
  peakBusyMiB: 'Peak memory after 400 predictions of 8 clients, MiB',
  residentMiB: 'Resident memory after the same, MiB',
  peakCrowdMiB: 'Peak memory after 32 clients, MiB',
  cpuMs: 'CPU time of a prediction, 1 client, ms',
  cpuBusyMs: 'CPU time of a prediction, 8 clients, ms',
  p50Ms: 'p50 latency, 1 client, ms',
  p99BusyMs: 'p99 latency, 8 clients, ms',
  perSecond1: 'Predictions a second, 1 client',
  perSecond8: 'Predictions a second, 8 clients',
  perSecond32: 'Predictions a second, 32 clients',
  bare1Ms: 'p50 of a bare run, 1 thread, ms',
  http1Ms: 'p50 over HTTP, 1 thread, ms',
  overBare1: 'p50 over HTTP over the bare run, 1 thread',
  bareAllMs: 'p50 of a bare run, a thread for each core, ms',
  httpAllMs: 'p50 over HTTP, a thread for each core, ms',
  overBareAll: 'p50 over HTTP over the bare run, a thread for each core',
} as const;

export type Figure = keyof typeof FIGURES;

/** The rounds of every figure. Equal positions of the two versions were measured in turns. */
export type Measured = Readonly<Record<Version['id'], Readonly<Record<Figure, readonly number[]>>>>;

/** Collects rounds while they are measured. */
export function createRecorder() {
  const empty = () =>
    Object.fromEntries(Object.keys(FIGURES).map((figure) => [figure, [] as number[]])) as Record<
      Figure,
      number[]
    >;
  const measured = { old: empty(), new: empty() };
  return {
    measured: measured as Measured,
    record({ id }: Version, figures: Partial<Record<Figure, number>>): void {
      for (const [figure, value] of Object.entries(figures)) measured[id][figure as Figure].push(value);
    },
  };
}

/** The medians of both versions, and the ratio of new to old with its lowest and its highest round. */
export function versionTable(measured: Measured): string {
  return markdownTable(
    ['', 'Old', 'New', 'Ratio', 'Rounds'],
    Object.entries(FIGURES).map(([figure, label]) => {
      const [before, after] = [measured.old[figure as Figure], measured.new[figure as Figure]];
      const ratio = ratioOfRounds(after, before);
      return [
        label,
        formatNumber(median(before)),
        formatNumber(median(after)),
        ratio.median.toFixed(3),
        `${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)}`,
      ];
    }),
  );
}
