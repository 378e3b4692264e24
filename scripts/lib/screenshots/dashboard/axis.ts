import { linearScale } from '../../plot/scale.ts';
import { svgLine, svgText } from '../../plot/svg.ts';
import { type Box, fitText } from './card.ts';
import type { Periods } from './series.ts';

/** Pixels beside a plot, for the numbers of an axis. */
export const AXIS_WIDTH = 34;
const TIME_LABELS = 5;

export interface Axis {
  readonly label: string;
  readonly ticks: readonly number[];
  readonly toY: (value: number) => number;
}

/** The dashboard counts in periods of five minutes. A run is short, so its periods are too. */
export const periodIn = (text: string, { seconds }: Periods): string =>
  text.replace('5 minutes', `${seconds} s`);

/** From zero to a round number above all values, or to `max`. */
export function axisOf(
  plot: Box,
  { label, max }: { readonly label: string; readonly max?: number | undefined },
  values: readonly number[],
): Axis {
  const scale = linearScale(max ?? (Math.max(...values, 0) || 1), 4);
  return { label, ticks: scale.ticks, toY: (value) => plot.top + (1 - scale.position(value)) * plot.height };
}

export function drawAxis(
  { label, ticks, toY }: Axis,
  { left, top, width }: Box,
  periods: Periods,
  side: 'left' | 'right',
): string[] {
  const [x, anchor] = side === 'left' ? ([left - 5, 'end'] as const) : ([left + width + 5, 'start'] as const);
  const unit = periodIn(label, periods);
  return [
    svgText(
      side === 'left' ? left - AXIS_WIDTH : left + width + AXIS_WIDTH,
      top - 12,
      fitText(unit, side === 'left' ? width : width / 2),
      'quiet',
      side === 'left' ? 'start' : 'end',
    ),
    ...ticks.flatMap((tick) => [
      ...(side === 'left'
        ? [svgLine([left, toY(tick)], [left + width, toY(tick)], tick === 0 ? 'axis' : 'grid')]
        : []),
      svgText(x, toY(tick) + 3, shortNumber(tick), 'quiet', anchor),
    ]),
  ];
}

const shortNumber = (value: number): string =>
  value >= 10_000 ? `${Number((value / 1000).toPrecision(3))}k` : value.toLocaleString('en');

/** Minutes and seconds of the run. */
export function timeLabels({ left, top, width, height }: Box, { seconds, count }: Periods): string[] {
  return Array.from({ length: TIME_LABELS }, (_, index) => {
    const share = index / (TIME_LABELS - 1);
    const at = Math.round(share * count * seconds);
    const text = `${Math.floor(at / 60)}:${String(at % 60).padStart(2, '0')}`;
    return svgText(left + share * width, top + height + 13, text, 'quiet', 'middle');
  });
}
