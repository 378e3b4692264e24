import {
  allSeries,
  type Evaluation,
  isArrayOfSeries,
  type Missing,
  pointOf,
  present,
  type Series,
  type Value,
} from './series.ts';

/** Calls a function of CloudWatch metric math. @throws Error for one that no alarm here uses. */
export function call(
  name: string,
  given: readonly Value[],
  { metrics, periodSeconds, missing }: Evaluation,
): Value {
  const [first, filler = 0] = given;
  switch (name) {
    case 'METRICS':
      return Object.values(metrics);
    case 'IF':
      return choose(given, missing);
    case 'FILL': {
      const filled = allSeries(first).map((series) => fill(series, filler));
      return isArrayOfSeries(first) ? filled : (filled[0] ?? []);
    }
    case 'SUM':
      return aggregate(first, (values) => values.reduce((sum, value) => sum + value, 0));
    case 'MAX':
      return aggregate(first, (values) => Math.max(...values));
    case 'MIN':
      return aggregate(first, (values) => Math.min(...values));
    case 'PERIOD':
      return periodSeconds;
    case 'RATE': {
      const rates = allSeries(first).map((series) => rate(series, periodSeconds));
      return isArrayOfSeries(first) ? rates : (rates[0] ?? []);
    }
    default:
      throw new Error(`expected a function that is implemented here, got ${name}`);
  }
}

function choose([condition = 0, yes = 0, no]: readonly Value[], missing: Missing): Value {
  if (typeof condition === 'number') return condition === 0 ? (no ?? []) : yes;
  return (condition as Series).map((value, at) => {
    if (value === undefined) return undefined;
    if (value === 0) return no === undefined ? undefined : pointOf(no, at);
    return pointOf(yes, at) ?? (missing === 'zero' ? 0 : undefined);
  });
}

/**
 * Fills gaps. A metric that never had a data point has no series to fill; the documentation does not promise
 * one, so alarms must not rely on it.
 */
function fill(series: Series, filler: Value): Series {
  if (series.every((value) => value === undefined)) return series;
  return series.map((value, at) => value ?? pointOf(filler, at));
}

/** Of one series: a number. Of several: a series. Missing points do not count. */
function aggregate(value: Value | undefined, apply: (values: readonly number[]) => number): Value {
  if (value === undefined || typeof value === 'number') throw new Error('expected a series');
  if (!isArrayOfSeries(value)) return apply(present(value));
  const length = value[0]?.length ?? 0;
  return Array.from({ length }, (_, at) => {
    const values = present(value.map((series) => series[at]));
    return values.length === 0 ? undefined : apply(values);
  });
}

function rate(series: Series, periodSeconds: number): Series {
  let last: { readonly at: number; readonly value: number } | undefined;
  return series.map((value, at) => {
    if (value === undefined) return undefined;
    const change = last && (value - last.value) / ((at - last.at) * periodSeconds);
    last = { at, value };
    return change;
  });
}
