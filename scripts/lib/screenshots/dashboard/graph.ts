import { linearScale } from '../../plot/scale.ts';
import { roundPixels, svgLine, svgText } from '../../plot/svg.ts';
import { type Box, card, fitText, note, seriesColour, textWidth } from './card.ts';
import type { Periods, PlottedSeries } from './series.ts';
import type { MetricWidget } from './template.ts';

const LEGEND_LINE = 13;
const AXIS_WIDTH = 34;
const TIME_LABELS = 5;

interface Axis {
  readonly label: string;
  readonly ticks: readonly number[];
  readonly toY: (value: number) => number;
}

/** Draws a widget with metrics as CloudWatch does: lines or a stack, axes, limits and a legend. */
export function drawGraph(
  { properties }: MetricWidget,
  { box, series, periods, emptyText }: GraphInput,
): readonly string[] {
  const { title, stacked, yAxis, annotations } = properties;
  const { elements, inside } = card(box, periodIn(title, periods));
  if (series.length === 0) return [...elements, note(inside, emptyText)];
  const limits = annotations?.horizontal ?? [];
  const legend = legendOf(series, inside);
  const hasRight = series.some(({ axis }) => axis === 'right');
  const plot: Box = {
    left: inside.left + AXIS_WIDTH,
    top: inside.top + 19,
    width: inside.width - AXIS_WIDTH - (hasRight ? AXIS_WIDTH : 6),
    height: inside.height - 40 - legend.height,
  };
  const layers = stacked ? stack(series) : series;
  const axes = {
    left: axisOf(plot, yAxis.left, [...valuesOf(layers, 'left'), ...limits.map(({ value }) => value)]),
    right: axisOf(plot, yAxis.right ?? { label: '' }, valuesOf(layers, 'right')),
  };
  const toX = (index: number) => plot.left + ((index + 0.5) / periods.count) * plot.width;
  return [
    ...elements,
    ...drawAxis(axes.left, plot, periods, 'left'),
    ...(hasRight ? drawAxis(axes.right, plot, periods, 'right') : []),
    ...timeLabels(plot, periods),
    ...layers
      .map((one, index) => ({ one, index }))
      .reverse()
      .flatMap(({ one, index }) =>
        drawSeries(one, { colour: seriesColour(index), toX, ...axes[one.axis], stacked }),
      ),
    ...limits.flatMap(({ value, label }) => [
      svgLine([plot.left, axes.left.toY(value)], [plot.left + plot.width, axes.left.toY(value)], 'limit'),
      svgText(plot.left + plot.width - 2, axes.left.toY(value) - 3, label, 'alarm', 'end'),
    ]),
    ...legend.elements,
  ];
}

export interface GraphInput {
  readonly box: Box;
  readonly series: readonly PlottedSeries[];
  readonly periods: Periods;
  /** Says why there are no series. */
  readonly emptyText: string;
}

/** The dashboard counts in periods of five minutes. A run is short, so its periods are too. */
const periodIn = (text: string, { seconds }: Periods): string => text.replace('5 minutes', `${seconds} s`);

const valuesOf = (series: readonly PlottedSeries[], axis: 'left' | 'right'): number[] =>
  series.flatMap((one) => (one.axis === axis ? one.values.filter((value) => value !== undefined) : []));

/** Each series on top of those before it. */
function stack(series: readonly PlottedSeries[]): readonly PlottedSeries[] {
  const sums: number[] = [];
  return series.map((one) => ({
    ...one,
    values: one.values.map((value, index) => {
      sums[index] = (sums[index] ?? 0) + (value ?? 0);
      return sums[index];
    }),
  }));
}

function axisOf(
  plot: Box,
  { label, max }: { readonly label: string; readonly max?: number | undefined },
  values: readonly number[],
): Axis {
  const scale = linearScale(max ?? (Math.max(...values, 0) || 1), 4);
  return { label, ticks: scale.ticks, toY: (value) => plot.top + (1 - scale.position(value)) * plot.height };
}

function drawAxis(
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

function timeLabels({ left, top, width, height }: Box, { seconds, count }: Periods): string[] {
  return Array.from({ length: TIME_LABELS }, (_, index) => {
    const share = index / (TIME_LABELS - 1);
    const at = Math.round(share * count * seconds);
    const text = `${Math.floor(at / 60)}:${String(at % 60).padStart(2, '0')}`;
    return svgText(left + share * width, top + height + 13, text, 'quiet', 'middle');
  });
}

interface Drawing extends Axis {
  readonly colour: string;
  readonly toX: (index: number) => number;
  readonly stacked: boolean;
}

function drawSeries({ values }: PlottedSeries, { colour, toX, toY, stacked }: Drawing): string[] {
  const points = values.flatMap((value, index) =>
    value === undefined ? [] : [{ index, at: [roundPixels(toX(index)), roundPixels(toY(value))] as const }],
  );
  const runs = points.reduce<(typeof points)[]>((parts, point) => {
    const last = parts.at(-1);
    if (last?.at(-1)?.index === point.index - 1) last.push(point);
    else parts.push([point]);
    return parts;
  }, []);
  return runs.flatMap((part) => {
    const line = part.map(({ at }) => at.join(',')).join(' ');
    const [first, last] = [part[0]?.at[0] ?? 0, part.at(-1)?.at[0] ?? 0];
    if (part.length === 1) return [`<circle cx="${first}" cy="${part[0]?.at[1]}" r="2.2" fill="${colour}"/>`];
    const base = roundPixels(toY(0));
    return [
      ...(stacked ? [`<polygon points="${first},${base} ${line} ${last},${base}" fill="${colour}"/>`] : []),
      `<polyline points="${line}" class="series" stroke="${colour}"/>`,
    ];
  });
}

/** Names beside squares of their colours, in as many lines as they need. */
function legendOf(series: readonly PlottedSeries[], { left, top, width, height }: Box) {
  let [x, line] = [0, 0];
  const placed = series.map(({ label, axis }, index) => {
    const text = axis === 'right' ? `${label} (right)` : label;
    const needed = textWidth(text) + 20;
    if (x > 0 && x + needed > width) [x, line] = [0, line + 1];
    const place = { text, x, line, colour: seriesColour(index) };
    x += needed;
    return place;
  });
  const legendHeight = (line + 1) * LEGEND_LINE;
  const first = top + height - legendHeight;
  return {
    height: legendHeight,
    elements: placed.flatMap(({ text, x: at, line: row, colour }) => {
      const y = first + row * LEGEND_LINE;
      return [
        `<rect x="${roundPixels(left + at)}" y="${roundPixels(y + 2)}" width="8" height="8" fill="${colour}"/>`,
        svgText(left + at + 12, y + 9.5, fitText(text, width - 16)),
      ];
    }),
  };
}
