import { evaluateExpression } from '../../cloudwatch/expression.ts';
import { present, type Series } from '../../cloudwatch/series.ts';
import { statistic } from '../../cloudwatch/statistic.ts';
import { isSameMetric, type MetricName, type Records, type Sample } from './records.ts';
import type { MetricWidget } from './template.ts';

/** How a run is cut into the periods of a plot. */
export interface Periods {
  readonly seconds: number;
  readonly count: number;
}

export interface PlottedSeries {
  readonly label: string;
  readonly axis: 'left' | 'right';
  readonly values: Series;
}

/** A search that draws a line for each route, with or without a division by the period. */
const SEARCH = /^SEARCH\('\{([^,]+),([^}]+)\} .*MetricName="(\w+)"', '(\w+)', \d+\)( \/ \d+)?$/;

/** The series of a widget that have data in a run. All periods have the same length here, whatever the widget says. */
export function seriesOf(
  { properties }: MetricWidget,
  records: Records,
  periods: Periods,
): readonly PlottedSeries[] {
  const rows = properties.metrics.map(readRow);
  const inputs = Object.fromEntries(
    rows.flatMap(({ metric, id, stat }) =>
      metric && id ? [[id, read(records, metric, stat, periods)]] : [],
    ),
  );
  return rows
    .filter(({ isVisible }) => isVisible)
    .flatMap(({ metric, expression, stat, label, axis }): PlottedSeries[] => {
      if (metric)
        return [{ label: label ?? metric.name, axis, values: read(records, metric, stat, periods) }];
      if (expression === undefined) return [];
      const search = SEARCH.exec(expression);
      if (search) return searched(records, search, periods);
      const values = evaluateExpression(expression, {
        metrics: inputs,
        periodSeconds: periods.seconds,
        missing: 'zero',
      });
      return [{ label: label ?? '', axis, values }];
    })
    .filter(({ values }) => present(values).length > 0);
}

interface Row {
  /** Undefined for an expression. */
  readonly metric: MetricName | undefined;
  readonly expression: string | undefined;
  readonly id: string | undefined;
  readonly stat: string;
  readonly label: string | undefined;
  readonly axis: 'left' | 'right';
  readonly isVisible: boolean;
}

function readRow(row: MetricWidget['properties']['metrics'][number]): Row {
  const last = row.at(-1);
  const options = typeof last === 'object' ? last : {};
  const [namespace, name, ...pairs] = row.filter((part) => typeof part === 'string');
  const names = pairs.filter((_, index) => index % 2 === 0);
  const dimensions = Object.fromEntries(names.map((key, index) => [key, pairs[2 * index + 1] ?? '']));
  const text = (key: string) => (typeof options[key] === 'string' ? options[key] : undefined);
  return {
    metric: namespace && name ? { namespace, name, dimensions } : undefined,
    expression: text('expression'),
    id: text('id'),
    stat: text('stat') ?? 'Average',
    label: text('label'),
    axis: text('yAxis') === 'right' ? 'right' : 'left',
    isVisible: options['visible'] !== false,
  };
}

function read(records: Records, wanted: MetricName, stat: string, periods: Periods): Series {
  return inPeriods(
    records.samples.filter((sample) => isSameMetric(sample, wanted)),
    stat,
    periods,
  );
}

function inPeriods(samples: readonly Sample[], stat: string, { seconds, count }: Periods): Series {
  return Array.from({ length: count }, (_, index) => {
    const values = samples.flatMap(({ atMs, value }) =>
      Math.floor(atMs / 1000 / seconds) === index ? [value] : [],
    );
    return values.length === 0 ? undefined : statistic(stat, values);
  });
}

function searched(
  records: Records,
  [, namespace = '', dimensionNames = '', name = '', stat = '', division]: RegExpExecArray,
  periods: Periods,
): PlottedSeries[] {
  const wanted = dimensionNames.split(',').sort().join();
  const found = Map.groupBy(
    records.samples.filter(
      (sample) =>
        sample.namespace === namespace &&
        sample.name === name &&
        Object.keys(sample.dimensions).sort().join() === wanted,
    ),
    ({ dimensions }) => `${dimensions['Method']} ${dimensions['Resource']}`,
  );
  return [...found].sort().map(([label, samples]) => ({
    label,
    axis: 'left',
    values: inPeriods(samples, stat, periods).map((value) =>
      value === undefined || !division ? value : value / periods.seconds,
    ),
  }));
}
