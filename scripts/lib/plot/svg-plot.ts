import { axisTicks, type Scale, scaleOf } from './svg-scale.ts';

export interface Axis {
  readonly label: string;
  readonly scale?: Scale;
}

export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** From this x on the line is dashed: what is there was not measured. */
  readonly dashedFrom?: number;
}

export interface Panel {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Horizontal lines across the panel. */
  readonly limits?: readonly { readonly name: string; readonly y: number }[];
}

const WIDTH = 720;
const PANEL_HEIGHT = 300;
const MARGIN = { top: 40, right: 170, bottom: 50, left: 70 };
/** Okabe and Ito's colours, which colour-blind eyes tell apart; each is legible on white and on black. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00'];
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 14px; font-weight: 600 }
  .axis { stroke: #57606a } .grid { stroke: #d0d7de } .limit { stroke: #57606a; stroke-dasharray: 2 3 }
  .line { fill: none; stroke-width: 2 } .dashed { stroke-dasharray: 6 4 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .axis, .limit { stroke: #9198a1 } .grid { stroke: #30363d }
  }`;

/**
 * Line plots below one another as one SVG, legible on light and dark pages. The same panels give the same text.
 *
 * @throws RangeError for a logarithmic axis with values that are not positive.
 */
export function renderPlot(panels: readonly Panel[]): string {
  const height = panels.length * PANEL_HEIGHT;
  const size = `width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"`;
  const label = escaped(panels.map(({ title }) => title).join('; '));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${label}">`,
    `<style>${STYLE}\n</style>`,
    ...panels.map(
      (panel, index) => `<g transform="translate(0 ${index * PANEL_HEIGHT})">${drawn(panel)}</g>`,
    ),
    '</svg>\n',
  ].join('\n');
}

function drawn({ title, x, y, series, limits = [] }: Panel): string {
  const points = series.flatMap((one) => one.points);
  const right = WIDTH - MARGIN.right;
  const bottom = PANEL_HEIGHT - MARGIN.bottom;
  const xs = axisTicks(
    points.map((point) => point.x),
    x.scale,
  );
  const ys = axisTicks(
    [...points, ...limits].map((point) => point.y),
    y.scale,
  );
  const toX = scaleOf(xs, x.scale, MARGIN.left, right);
  const toY = scaleOf(ys, y.scale, bottom, MARGIN.top);
  const text = (atX: number, atY: number, anchor: string, value: string, attributes = '') =>
    `<text x="${px(atX)}" y="${px(atY)}" text-anchor="${anchor}"${attributes}>${escaped(value)}</text>`;
  const middle = (MARGIN.top + bottom) / 2;

  return [
    text(MARGIN.left, 22, 'start', title, ' class="title"'),
    ...ys.flatMap((tick) => [
      `<path class="grid" d="M${MARGIN.left} ${px(toY(tick))}H${right}"/>`,
      text(MARGIN.left - 8, toY(tick) + 4, 'end', tickText(tick)),
    ]),
    ...xs.map((tick) => text(toX(tick), bottom + 18, 'middle', tickText(tick))),
    `<path class="axis" d="M${MARGIN.left} ${bottom}H${right}"/>`,
    text((MARGIN.left + right) / 2, bottom + 38, 'middle', x.label),
    text(16, middle, 'middle', y.label, ` transform="rotate(-90 16 ${px(middle)})"`),
    ...limits.flatMap((limit) => [
      `<path class="limit" d="M${MARGIN.left} ${px(toY(limit.y))}H${right}"/>`,
      text(right + 8, toY(limit.y) + 4, 'start', limit.name),
    ]),
    ...series.flatMap((one, index) => line(one, colourOf(index), toX, toY)),
    ...labelHeights(series, toY).flatMap(({ name, colour, at }) => [
      `<circle cx="${right + 14}" cy="${px(at)}" r="4" fill="${colour}"/>`,
      text(right + 24, at + 4, 'start', name),
    ]),
  ].join('\n');
}

function line(
  { points, dashedFrom = Number.POSITIVE_INFINITY }: Series,
  colour: string,
  toX: (value: number) => number,
  toY: (value: number) => number,
): string[] {
  const first = points.findIndex(({ x }) => x >= dashedFrom);
  const turn = first < 0 ? points.length : first;
  const path = (part: typeof points, kind: string) =>
    part.length < 2
      ? []
      : [
          `<path class="line${kind}" stroke="${colour}" d="M${part
            .map(({ x, y }) => `${px(toX(x))} ${px(toY(y))}`)
            .join('L')}"/>`,
        ];
  return [
    ...path(points.slice(0, turn), ''),
    // Joined to the last measured point.
    ...path(points.slice(Math.max(0, turn - 1)), ' dashed').slice(0, turn < points.length ? 1 : 0),
    ...points.map(({ x, y }) => `<circle cx="${px(toX(x))}" cy="${px(toY(y))}" r="2.5" fill="${colour}"/>`),
  ];
}

/** Names stand beside the ends of their lines, at least a line of text apart. */
function labelHeights(series: readonly Series[], toY: (value: number) => number) {
  const wanted = series
    .flatMap(({ name, points }, index) => {
      const end = points.at(-1);
      return end ? [{ name, colour: colourOf(index), at: toY(end.y) }] : [];
    })
    .sort((a, b) => a.at - b.at);
  const placed: typeof wanted = [];
  for (const { name, colour, at } of wanted) {
    placed.push({ name, colour, at: Math.max(at, (placed.at(-1)?.at ?? Number.NEGATIVE_INFINITY) + 15) });
  }
  return placed;
}

const colourOf = (index: number): string => COLOURS[index % COLOURS.length] ?? '';
const px = (value: number): string => String(Number(value.toFixed(1)));
const tickText = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
