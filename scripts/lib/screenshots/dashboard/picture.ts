import sharp from 'sharp';
import { runQuery } from '../../cloudwatch/insights.ts';
import { boxOf, PICTURE_STYLE, PICTURE_WIDTH } from './card.ts';
import { type AlarmTile, drawAlarms, drawBars, drawHeading, drawTable } from './cards.ts';
import { drawGraph } from './graph.ts';
import type { Records } from './records.ts';
import { type Periods, seriesOf } from './series.ts';
import type { MetricWidget, Widget } from './template.ts';

/** Pixels of the picture for each of the drawing. */
const DENSITY = 2;

/** A heading and the widgets below it. */
export interface DashboardRow {
  /** Such as `CPU and memory`. */
  readonly title: string;
  readonly widgets: readonly Widget[];
}

/** What a run gave the dashboard to show. */
export interface Shown {
  readonly records: Records;
  readonly periods: Periods;
  /** By the logical id of the alarm. */
  readonly alarms: ReadonlyMap<string, AlarmTile>;
}

/** Cuts a dashboard into its rows. What is above the first heading belongs to the first row. */
export function rowsOf(widgets: readonly Widget[]): readonly DashboardRow[] {
  const rows: { title: string; widgets: Widget[] }[] = [];
  for (const widget of widgets) {
    const heading = widget.type === 'text' ? /^## (.+)/.exec(widget.properties.markdown)?.[1] : undefined;
    const last = rows.at(-1);
    if (last === undefined || (heading !== undefined && last.title !== '')) {
      rows.push({ title: heading ?? '', widgets: [widget] });
    } else {
      last.title = heading ?? last.title;
      last.widgets.push(widget);
    }
  }
  return rows;
}

/** Whether a run has data for any graph of the row. */
export const hasData = ({ widgets }: DashboardRow, { records, periods }: Shown): boolean =>
  widgets.some((widget) => widget.type === 'metric' && seriesOf(widget, records, periods).length > 0);

/** Draws a row as CloudWatch lays it out. @returns a PNG */
export async function drawRow({ widgets }: DashboardRow, shown: Shown): Promise<Buffer> {
  const firstLine = Math.min(...widgets.map(({ y }) => y));
  const placed = widgets.map((widget) => ({ widget, box: boxOf(widget, firstLine) }));
  const height = Math.max(...placed.map(({ box }) => box.top + box.height));
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${PICTURE_WIDTH}" height="${height}">`,
    `<style>${PICTURE_STYLE}</style>`,
    `<rect class="ground" width="${PICTURE_WIDTH}" height="${height}"/>`,
    ...placed.flatMap(({ widget, box }) => draw(widget, box, shown)),
    '</svg>',
  ].join('\n');
  return await sharp(Buffer.from(svg), { density: 72 * DENSITY })
    .png()
    .toBuffer();
}

function draw(
  widget: Widget,
  box: ReturnType<typeof boxOf>,
  { records, periods, alarms }: Shown,
): readonly string[] {
  switch (widget.type) {
    case 'text':
      return drawHeading(box, widget.properties.markdown);
    case 'alarm': {
      const tiles = widget.properties.alarms.flatMap((id) => alarms.get(id) ?? []);
      return drawAlarms(box, widget.properties.title, tiles);
    }
    case 'log': {
      const { title, view, query } = widget.properties;
      const log = query.includes('AccessLog') ? records.lines.access : records.lines.service;
      const rows = runQuery(query, log);
      return view === 'bar' ? drawBars(box, title, rows) : drawTable(box, title, rows);
    }
    case 'metric': {
      const series = seriesOf(widget, records, periods);
      return drawGraph(widget, { box, series, periods, emptyText: whyEmpty(widget) });
    }
  }
}

/** Names of metrics that count failures have no data while nothing fails. */
function whyEmpty({ properties }: MetricWidget): string {
  const text = JSON.stringify(properties.metrics);
  if (text.includes('AWS/')) return 'Published by AWS';
  return text.includes('Failed') ? 'No data: nothing failed' : 'No data in this run';
}
