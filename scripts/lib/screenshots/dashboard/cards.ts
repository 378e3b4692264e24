import type { ResultRow } from '../../cloudwatch/insights.ts';
import { linearScale } from '../../plot/scale.ts';
import { roundPixels, svgLine, svgText } from '../../plot/svg.ts';
import { type Box, CELL_PIXELS, card, fitText, note, seriesColour, textWidth } from './card.ts';

const TABLE_LINE = 15;
const ALARM_LINE = 15.5;
const ALARM_COLUMNS = 6;

const cellText = (value: ResultRow[string]): string =>
  typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 1 }) : (value ?? '');

/** The rows of a log query, as many as there is room for. */
export function drawTable(box: Box, title: string, rows: readonly ResultRow[]): readonly string[] {
  const { elements, inside } = card(box, title);
  const [first] = rows;
  if (!first) return [...elements, note(inside, 'No lines in this run')];
  const columns = Object.keys(first);
  const shown = rows.slice(0, Math.floor(inside.height / TABLE_LINE) - 1);
  const texts = columns.map((name) => [name, ...shown.map((row) => cellText(row[name]))]);
  const widths = columnWidths(texts, inside.width);
  const starts = widths.map((_, index) => widths.slice(0, index).reduce((sum, width) => sum + width, 0));
  return [
    ...elements,
    svgLine([inside.left, inside.top + 16], [inside.left + inside.width, inside.top + 16], 'axis'),
    ...texts.flatMap((column, index) =>
      column.map((text, line) =>
        svgText(
          inside.left + (starts[index] ?? 0),
          inside.top + 11 + line * TABLE_LINE + (line > 0 ? 4 : 0),
          fitText(text, (widths[index] ?? 0) - 4, CELL_PIXELS),
          line === 0 ? 'cell strong' : 'cell',
        ),
      ),
    ),
  ];
}

/** As wide as their texts. If there is no room for all, the widest gives way. */
function columnWidths(columns: readonly (readonly string[])[], room: number): readonly number[] {
  const widths = columns.map((texts) => Math.max(...texts.map((text) => textWidth(text, CELL_PIXELS))) + 10);
  const spare = room - widths.reduce((sum, width) => sum + width, 0);
  if (spare >= 0) return widths.map((width) => width + spare / widths.length);
  const widest = widths.indexOf(Math.max(...widths));
  return widths.map((width, index) => (index === widest ? width + spare : width));
}

/** The rows of a log query as bars, with the last field of each group below. */
export function drawBars(box: Box, title: string, rows: readonly ResultRow[]): readonly string[] {
  const { elements, inside } = card(box, title);
  const bars = rows.map((row) => {
    const values = Object.values(row);
    return { label: cellText(values.at(-2)), value: Number(values.at(-1)) };
  });
  if (bars.length === 0) return [...elements, note(inside, 'No lines in this run')];
  const plot = {
    left: inside.left + 26,
    top: inside.top + 8,
    width: inside.width - 26,
    height: inside.height - 28,
  };
  const scale = linearScale(Math.max(...bars.map(({ value }) => value)), 4);
  const toY = (value: number) => plot.top + (1 - scale.position(value)) * plot.height;
  const step = plot.width / bars.length;
  return [
    ...elements,
    ...scale.ticks.flatMap((tick) => [
      svgLine([plot.left, toY(tick)], [plot.left + plot.width, toY(tick)], tick === 0 ? 'axis' : 'grid'),
      svgText(plot.left - 5, toY(tick) + 3, cellText(tick), 'quiet', 'end'),
    ]),
    ...bars.flatMap(({ label, value }, index) => {
      const x = plot.left + index * step;
      const [y, base] = [toY(value), toY(0)];
      return [
        `<rect x="${roundPixels(x + step * 0.15)}" y="${roundPixels(y)}" width="${roundPixels(step * 0.7)}" height="${roundPixels(base - y)}" fill="${seriesColour(0)}"/>`,
        svgText(x + step / 2, base + 13, fitText(label, step + 6), 'quiet', 'middle'),
      ];
    }),
  ];
}

export interface AlarmTile {
  readonly name: string;
  readonly isOn: boolean;
}

/** The states of the alarms. */
export function drawAlarms(box: Box, title: string, alarms: readonly AlarmTile[]): readonly string[] {
  const { elements, inside } = card(box, `${title} (${alarms.length})`);
  const width = inside.width / ALARM_COLUMNS;
  return [
    ...elements,
    ...alarms.flatMap(({ name, isOn }, index) => {
      const x = inside.left + (index % ALARM_COLUMNS) * width;
      const y = inside.top + 10 + Math.floor(index / ALARM_COLUMNS) * ALARM_LINE;
      return [
        `<circle cx="${roundPixels(x + 4)}" cy="${roundPixels(y - 3.5)}" r="4" fill="${isOn ? '#d13212' : '#1d8102'}"/>`,
        svgText(x + 13, y, fitText(name, width - 14), isOn ? 'alarm' : ''),
      ];
    }),
  ];
}

/** A heading of the dashboard: a title, and links to runbooks below it. */
export function drawHeading({ left, top }: Box, markdown: string): readonly string[] {
  const [title = '', links = ''] = markdown.split('\n');
  return [
    svgText(left + 6, top + 24, title.replace(/^#+ /, ''), 'heading'),
    svgText(left + 6, top + 46, links.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1'), 'link'),
  ];
}
