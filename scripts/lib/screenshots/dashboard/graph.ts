import { roundPixels, svgLine, svgText } from '../../plot/svg.ts';
import { AXIS_WIDTH, type Axis, axisOf, drawAxis, periodIn, timeLabels } from './axis.ts';
import { type Box, card, note, seriesColour } from './card.ts';
import { legendOf } from './legend.ts';
import type { Periods, PlottedSeries } from './series.ts';
import type { MetricWidget } from './template.ts';

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
