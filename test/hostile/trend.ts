/** How much `values` grow from one to the next, by least squares. 0 for fewer than two values. */
export function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [products, squares] = [0, 0];
  values.forEach((value, at) => {
    products += (at - middle) * (value - mean);
    squares += (at - middle) ** 2;
  });
  return squares === 0 ? 0 : products / squares;
}

export interface Trend {
  /** Growth over the last half of the values, on the line that fits them best. */
  readonly growth: number;
  /** The first and the last value of that half, on that line. */
  readonly from: number;
  readonly to: number;
}

/**
 * Every process grows at first. What counts is whether it keeps growing.
 *
 * @param values in order, evenly spaced. Without values there is no growth.
 */
export function lastHalf(values: readonly number[]): Trend {
  const half = values.slice(Math.floor(values.length / 2));
  if (half.length === 0) return { growth: 0, from: 0, to: 0 };
  const mean = half.reduce((sum, value) => sum + value, 0) / half.length;
  const growth = slope(half) * (half.length - 1);
  return { growth, from: mean - growth / 2, to: mean + growth / 2 };
}
