export type Scale = 'linear' | 'log';

const STEPS = [1, 2, 5, 10];
/** Powers of ten from which on they are ticks enough. */
const WIDE = 2.5;

/**
 * Round values that span all given ones: five or so from zero on a linear axis; 1, 2 and 5 times the powers of ten on a
 * logarithmic one, or the powers alone where the span is wide.
 *
 * @throws RangeError for a logarithmic axis with values that are not positive.
 */
export function axisTicks(values: readonly number[], scale: Scale = 'linear'): number[] {
  const highest = Math.max(...values);
  return scale === 'log' ? logTicks(Math.min(...values), highest) : linearTicks(highest);
}

function linearTicks(highest: number): number[] {
  const rough = (highest > 0 ? highest : 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((factor) => factor * power >= rough) ?? 10) * power;
  const count = Math.ceil((highest > 0 ? highest : 1) / step);
  return Array.from({ length: count + 1 }, (_, index) => exact(index * step));
}

function logTicks(lowest: number, highest: number): number[] {
  if (!(lowest > 0)) {
    throw new RangeError(`Expected positive values for a logarithmic axis, got ${lowest}`);
  }
  // A power more on each side, as a logarithm is rounded.
  const [from, to] = [Math.floor(Math.log10(lowest)) - 1, Math.ceil(Math.log10(highest)) + 1];
  const steps = Math.log10(highest / lowest) > WIDE ? [1] : [1, 2, 5];
  const all = Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index)).flatMap((power) =>
    steps.map((factor) => exact(factor * power)),
  );
  const start = all.findLastIndex((tick) => tick <= lowest);
  const end = all.findIndex((tick) => tick >= highest);
  return all.slice(start, end + 1);
}

/** A function from the span of the ticks to pixels. */
export function scaleOf(
  ticks: readonly number[],
  scale: Scale = 'linear',
  fromPx: number,
  toPx: number,
): (value: number) => number {
  const map = scale === 'log' ? Math.log10 : (value: number) => value;
  const first = map(ticks[0] ?? 0);
  const span = map(ticks.at(-1) ?? 1) - first || 1;
  return (value) => fromPx + ((map(value) - first) / span) * (toPx - fromPx);
}

/** Without the noise of binary fractions, such as 0.30000000000000004. */
const exact = (value: number): number => Number(value.toPrecision(12));
