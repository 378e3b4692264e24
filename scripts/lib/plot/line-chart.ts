import { geometricScale, linearScale, logarithmicScale, spreadOut } from './scale.ts';
import { COLOURS, line, round, svgDocument, text } from './svg.ts';

export interface Series {
  readonly name: string;
  /** Ascending x. */
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly isMain?: boolean;
}

export interface LineChart {
  readonly title: string;
  readonly subtitle: string;
  readonly xTitle: string;
  readonly yAxis: 'linear' | 'logarithmic';
  readonly series: readonly Series[];
}

const WIDTH = 780;
const HEIGHT = 420;
const LEFT = 64;
const RIGHT = WIDTH - 240;
const TOP = 72;
const BOTTOM = HEIGHT - 52;
const LABEL_GAP = 17;

/** Lines over a geometric x axis, named at their ends. */
export function lineChart({ title, subtitle, xTitle, yAxis, series }: LineChart): string {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const ys = series.flatMap(({ points }) => points.map(([, y]) => y));
  const xScale = geometricScale(xs);
  const yScale =
    yAxis === 'linear' ? linearScale(Math.max(...ys)) : logarithmicScale(Math.min(...ys), Math.max(...ys));
  const toX = (value: number) => LEFT + xScale.position(value) * (RIGHT - LEFT);
  const toY = (value: number) => BOTTOM - yScale.position(value) * (BOTTOM - TOP);

  const grid = yScale.ticks.flatMap((tick) => [
    line([LEFT, toY(tick)], [RIGHT, toY(tick)], 'grid'),
    text(LEFT - 10, toY(tick) + 4, tick.toLocaleString('en'), 'quiet', 'end'),
  ]);
  const axis = xScale.ticks.map((tick) => text(toX(tick), BOTTOM + 20, String(tick), 'quiet', 'middle'));
  const labelHeights = spreadOut(
    series.map(({ points }) => toY(points.at(-1)?.[1] ?? 0)),
    LABEL_GAP,
    { low: TOP, high: BOTTOM },
  );
  const lines = series.map(({ name, points, isMain = false }, index) => {
    const colour = `c${index % COLOURS}`;
    const pixels = points.map(([x, y]) => [round(toX(x)), round(toY(y))] as const);
    const height = labelHeights[index] ?? 0;
    return [
      `<polyline points="${pixels.join(' ')}" class="${colour}${isMain ? ' strong-line' : ''}"/>`,
      ...pixels.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="${isMain ? 5 : 3.5}" class="${colour}"/>`),
      line([RIGHT + 6, pixels.at(-1)?.[1] ?? 0], [RIGHT + 18, height], colour),
      text(RIGHT + 24, height + 4, name, isMain ? 'strong' : ''),
    ];
  });
  return svgDocument({
    width: WIDTH,
    height: HEIGHT,
    title,
    subtitle,
    // The first series is drawn last, on top.
    content: [
      ...grid,
      ...axis,
      text((LEFT + RIGHT) / 2, HEIGHT - 12, xTitle, 'quiet', 'middle'),
      ...lines.reverse().flat(),
    ],
  });
}
