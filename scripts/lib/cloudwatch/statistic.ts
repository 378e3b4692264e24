/**
 * A statistic of CloudWatch over the values of a period, such as `Sum` or `p95`.
 *
 * @param values at least one
 * @throws Error for a statistic that is not one of these.
 */
export function statistic(name: string, values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(name)?.[1];
  if (percentile !== undefined) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.ceil((Number(percentile) / 100) * sorted.length) - 1] ?? 0;
  }
  const statistics: Readonly<Record<string, () => number>> = {
    Sum: () => sum,
    Average: () => sum / values.length,
    SampleCount: () => values.length,
    Minimum: () => Math.min(...values),
    Maximum: () => Math.max(...values),
  };
  const compute = statistics[name];
  if (!compute) throw new Error(`expected a statistic, got ${name}`);
  return compute();
}
