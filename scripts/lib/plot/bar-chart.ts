import { linearScale } from './scale.ts';
import { COLOURS, roundPixels, svgDocument, svgLine, svgText } from './svg.ts';

export interface Bar {
  readonly label: string;
  /** Above zero. */
  readonly value: number;
  readonly valueText: string;
  /** Index of the colour. Bars of one kind share a colour. */
  readonly colour: number;
  /** A value to compare with, drawn as a line across the bar. */
  readonly mark?: number;
}

export interface BarChart {
  readonly title: string;
  readonly subtitle: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 780;
const LEFT = 260;
const RIGHT = WIDTH - 90;
const TOP = 72;
const BAR = 22;
const ROW = 34;
/** Pixels that the text of a value needs. */
const TEXT_ROOM = 72;

/** Horizontal bars from zero, each with its value to the right. */
export function barChart({ title, subtitle, bars }: BarChart): string {
  const bottom = TOP + bars.length * ROW;
  const scale = linearScale(Math.max(...bars.flatMap(({ value, mark = 0 }) => [value, mark])));
  const toX = (value: number) => LEFT + scale.position(value) * (RIGHT - LEFT);
  const grid = scale.ticks.flatMap((tick) => [
    svgLine([toX(tick), TOP - 4], [toX(tick), bottom], 'grid'),
    svgText(toX(tick), bottom + 18, tick.toLocaleString('en'), 'quiet', 'middle'),
  ]);
  const rows = bars.flatMap(({ label, value, valueText, colour, mark }, index) => {
    const end = toX(value);
    const markX = mark === undefined ? end : toX(mark);
    // Right of the bar, or right of the mark if the mark would cross the text out.
    const textX = (markX > end && markX < end + TEXT_ROOM ? markX : end) + 8;
    const y = TOP + index * ROW + (ROW - BAR) / 2;
    return [
      svgText(LEFT - 12, y + BAR / 2 + 5, label, '', 'end'),
      `<rect x="${LEFT}" y="${y}" width="${roundPixels(end - LEFT)}" height="${BAR}" rx="3" class="c${colour % COLOURS}"/>`,
      ...(mark === undefined ? [] : [svgLine([markX, y - 4], [markX, y + BAR + 4], 'mark')]),
      svgText(textX, y + BAR / 2 + 5, valueText, 'strong'),
    ];
  });
  return svgDocument(WIDTH, [{ height: bottom + 36, title, subtitle, content: [...grid, ...rows] }]);
}
