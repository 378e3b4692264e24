import { roundPixels, svgText } from '../../plot/svg.ts';
import { type Box, fitText, seriesColour, textWidth } from './card.ts';
import type { PlottedSeries } from './series.ts';

const LEGEND_LINE = 13;

/** Names beside squares of their colours, in as many lines as they need. */
export function legendOf(series: readonly PlottedSeries[], { left, top, width, height }: Box) {
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
