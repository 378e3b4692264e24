import { geometricScale, linearScale, logarithmicScale, type Scale, spreadOut } from './scale.ts';
import { COLOURS, DASHED, type Panel, roundPixels, svgDocument, svgLine, svgText } from './svg.ts';

export interface Series {
  readonly name: string;
  /** Ascending x. */
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly isMain?: boolean;
  /** The line is dashed from this x on, because the values there were not measured. */
  readonly dashedFrom?: number | undefined;
}

export interface LineChart {
  readonly title: string;
  readonly subtitle: string;
  readonly xTitle: string;
  /** `points`: a tick at every x of the series, geometrically spaced. */
  readonly xAxis: 'points' | 'logarithmic';
  readonly yAxis: 'linear' | 'logarithmic';
  readonly series: readonly Series[];
  /** Horizontal lines across the chart. */
  readonly limits?: readonly { readonly name: string; readonly y: number }[];
}

type Place = (value: number) => number;

const WIDTH = 780;
const HEIGHT = 420;
const LEFT = 64;
const RIGHT = WIDTH - 240;
const TOP = 72;
const BOTTOM = HEIGHT - 52;
const LABEL_GAP = 17;

/**
 * Line charts one below the other.
 *
 * @throws RangeError for a value that is not positive on a logarithmic axis.
 */
export const lineCharts = (charts: readonly LineChart[]): string =>
  svgDocument(
    WIDTH,
    charts.map(
      (chart): Panel => ({
        height: HEIGHT,
        title: chart.title,
        subtitle: chart.subtitle,
        content: draw(chart),
      }),
    ),
  );

function draw({ xTitle, xAxis, yAxis, series, limits = [] }: LineChart): string[] {
  const xs = series.flatMap(({ points }) => points.map(([x]) => x));
  const ys = [...series.flatMap(({ points }) => points.map(([, y]) => y)), ...limits.map(({ y }) => y)];
  const xScale =
    xAxis === 'points' ? geometricScale([...new Set(xs)].sort((a, b) => a - b)) : scaleOf(xs, 'logarithmic');
  const yScale = scaleOf(ys, yAxis);
  const toX: Place = (value) => LEFT + xScale.position(value) * (RIGHT - LEFT);
  const toY: Place = (value) => BOTTOM - yScale.position(value) * (BOTTOM - TOP);

  const grid = yScale.ticks.flatMap((tick) => [
    svgLine([LEFT, toY(tick)], [RIGHT, toY(tick)], 'grid'),
    svgText(LEFT - 10, toY(tick) + 4, tick.toLocaleString('en'), 'quiet', 'end'),
  ]);
  const axis = xScale.ticks.map((tick) =>
    svgText(toX(tick), BOTTOM + 20, tick.toLocaleString('en'), 'quiet', 'middle'),
  );
  const labels = spreadOut(
    [...series.map(({ points }) => toY(points.at(-1)?.[1] ?? 0)), ...limits.map(({ y }) => toY(y))],
    LABEL_GAP,
    { low: TOP, high: BOTTOM },
  );
  const limitLines = limits.flatMap(({ name, y }, index) => [
    svgLine([LEFT, toY(y)], [RIGHT, toY(y)], 'mark', DASHED),
    svgText(RIGHT + 24, (labels[series.length + index] ?? 0) + 4, name),
  ]);
  const lines = series.map((one, index) =>
    drawSeries(one, `c${index % COLOURS}`, labels[index] ?? 0, toX, toY),
  );
  return [
    ...grid,
    ...axis,
    svgText((LEFT + RIGHT) / 2, HEIGHT - 12, xTitle, 'quiet', 'middle'),
    ...limitLines,
    // The first series is drawn last, on top.
    ...lines.reverse().flat(),
  ];
}

function scaleOf(values: readonly number[], kind: 'linear' | 'logarithmic'): Scale {
  const highest = Math.max(...values);
  return kind === 'linear' ? linearScale(highest) : logarithmicScale(Math.min(...values), highest);
}

function drawSeries(
  { name, points, isMain = false, dashedFrom = Number.POSITIVE_INFINITY }: Series,
  colour: string,
  labelY: number,
  toX: Place,
  toY: Place,
): string[] {
  const pixels = points.map(([x, y]) => [roundPixels(toX(x)), roundPixels(toY(y))] as const);
  const firstDashed = points.findIndex(([x]) => x >= dashedFrom);
  const turn = firstDashed < 0 ? points.length : firstDashed;
  const polyline = (part: typeof pixels, attributes = '') =>
    `<polyline points="${part.join(' ')}" class="${colour}${isMain ? ' strong-line' : ''}"${attributes}/>`;
  return [
    polyline(pixels.slice(0, turn)),
    // The dashed part begins at the last measured point.
    ...(turn < points.length ? [polyline(pixels.slice(Math.max(0, turn - 1)), DASHED)] : []),
    ...pixels.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="${isMain ? 5 : 3.5}" class="${colour}"/>`),
    svgLine([RIGHT + 6, pixels.at(-1)?.[1] ?? 0], [RIGHT + 18, labelY], colour),
    svgText(RIGHT + 24, labelY + 4, name, isMain ? 'strong' : ''),
  ];
}
