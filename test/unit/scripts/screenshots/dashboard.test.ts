import { describe, expect, it } from 'vitest';
import { drawAlarms, drawTable } from '../../../../scripts/lib/screenshots/dashboard/cards.ts';
import { drawGraph } from '../../../../scripts/lib/screenshots/dashboard/graph.ts';
import { rowsOf } from '../../../../scripts/lib/screenshots/dashboard/picture.ts';
import { Records } from '../../../../scripts/lib/screenshots/dashboard/records.ts';
import { seriesOf } from '../../../../scripts/lib/screenshots/dashboard/series.ts';
import type { MetricWidget, Widget } from '../../../../scripts/lib/screenshots/dashboard/template.ts';

const periods = { seconds: 60, count: 1 };
const box = { left: 0, top: 0, width: 300, height: 200 };
const place = { x: 0, y: 0, width: 8, height: 6 };
const widget = (
  metrics: MetricWidget['properties']['metrics'],
  more: Partial<MetricWidget['properties']> = {},
): MetricWidget => ({
  type: 'metric',
  ...place,
  properties: { title: 'Latency', stacked: false, metrics, yAxis: { left: { label: 'ms' } }, ...more },
});
const api = { namespace: 'AWS/ApiGateway', dimensions: { ApiName: '*', Stage: 'prod' } };

function recorded(): Records {
  const records = new Records();
  for (const value of [10, 20, 90]) records.add({ ...api, name: 'Latency' }, value);
  for (const Resource of ['/predict', '/predict', '/ready']) {
    const dimensions = { ...api.dimensions, Method: 'GET', Resource };
    records.add({ ...api, name: 'Count', dimensions }, 1);
  }
  return records;
}

describe('the series of a widget', () => {
  it('are statistics of what a run recorded', () => {
    const rows = ['Maximum', 'SampleCount'].map((stat) => [
      'AWS/ApiGateway',
      'Latency',
      'ApiName',
      'resnet50-prod',
      'Stage',
      'prod',
      { stat, label: stat },
    ]);
    expect(seriesOf(widget(rows), recorded(), periods)).toEqual([
      { label: 'Maximum', axis: 'left', values: [90] },
      { label: 'SampleCount', axis: 'left', values: [3] },
    ]);
  });

  it('do not mix metrics of other dimensions or stages, and leave out what has no data', () => {
    const other = ['AWS/ApiGateway', 'Latency', 'ApiName', 'resnet50-dev', 'Stage', 'dev', {}];
    const finer = [...other.slice(0, 4), 'Stage', 'prod', 'Method', 'GET', {}];
    expect(seriesOf(widget([other, finer]), recorded(), periods)).toEqual([]);
  });

  it('are expressions of metrics that are not shown themselves', () => {
    const sum = [
      'AWS/ApiGateway',
      'Latency',
      'ApiName',
      'x',
      'Stage',
      'prod',
      { id: 'sum', visible: false, stat: 'Sum' },
    ];
    const rate = [{ expression: 'sum / PERIOD(sum)', label: 'Rate', yAxis: 'right' }];
    expect(seriesOf(widget([rate, sum]), recorded(), periods)).toEqual([
      { label: 'Rate', axis: 'right', values: [2] },
    ]);
  });

  it('of a search are one for each route, with the period of the picture', () => {
    const expression =
      'SEARCH(\'{AWS/ApiGateway,ApiName,Method,Resource,Stage} Stage="prod" MetricName="Count"\', \'Sum\', 300) / 300';
    expect(seriesOf(widget([[{ expression }]]), recorded(), periods)).toEqual([
      { label: 'GET /predict', axis: 'left', values: [2 / 60] },
      { label: 'GET /ready', axis: 'left', values: [1 / 60] },
    ]);
  });
});

it('a line in embedded metric format has all values of its metrics', () => {
  const records = new Records();
  const _aws = {
    CloudWatchMetrics: [{ Namespace: 'N', Dimensions: [['stage']], Metrics: [{ Name: 'Bytes' }] }],
  };
  records.addServiceLine(JSON.stringify({ _aws, stage: 'prod', Bytes: [1, 2] }));
  records.addServiceLine('START RequestId');
  const metric = { namespace: 'N', name: 'Bytes', dimensions: { stage: 'prod' } };
  expect(records.samples).toMatchObject([
    { ...metric, value: 1 },
    { ...metric, value: 2 },
  ]);
  expect(records.lines.service).toHaveLength(1);
});

describe('a graph', () => {
  const series = [{ label: 'p95', axis: 'left', values: [200] }] as const;
  const draw = (shown: readonly (typeof series)[number][]) =>
    drawGraph(widget([], { annotations: { horizontal: [{ value: 300, label: 'p95 alarm' }] } }), {
      box,
      series: shown,
      periods,
      emptyText: 'Published by AWS',
    }).join('\n');

  it('has its title, its limit within the axis, and its legend', () => {
    const svg = draw(series);
    for (const text of ['Latency', 'p95 alarm', 'p95', '>300<']) expect(svg).toContain(text);
  });

  it('says why it is empty', () => {
    expect(draw([])).toContain('Published by AWS');
  });
});

it('a table leaves out rows that it has no room for, and cuts long texts', () => {
  const rows = Array.from({ length: 40 }, (_, n) => ({ code: 'x'.repeat(90), n }));
  const texts = drawTable(box, 'Errors', rows).join('\n');
  expect(texts).toContain('x…');
  expect(texts).not.toContain('>39<');
});

it('an alarm that is on is red', () => {
  const tiles = drawAlarms(box, 'Alarms', [
    { name: 'memory', isOn: true },
    { name: 'cpu', isOn: false },
  ]).join('\n');
  expect(tiles).toContain('Alarms (2)');
  expect(tiles.match(/#d13212/g)).toHaveLength(1);
});

it('rows begin at headings, and the first has what is above it', () => {
  const heading = (title: string): Widget => ({
    type: 'text',
    ...place,
    properties: { markdown: `## ${title}\n[a](b)` },
  });
  const text: Widget = { type: 'text', ...place, properties: { markdown: 'List prices' } };
  const rows = rowsOf([widget([]), heading('Traffic'), widget([]), heading('Cost'), text]);
  expect(rows.map(({ title, widgets }) => [title, widgets.length])).toEqual([
    ['Traffic', 3],
    ['Cost', 2],
  ]);
});
