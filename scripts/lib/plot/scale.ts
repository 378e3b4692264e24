/** Places values on an axis. */
export interface Scale {
  /** The values that the axis shows. */
  readonly ticks: readonly number[];
  /** 0 at the start of the axis, 1 at its end. */
  readonly position: (value: number) => number;
}

/** From zero to a round number of at least `maximum`. @param maximum above zero */
export function linearScale(maximum: number, wantedTicks = 5): Scale {
  const step = roundUp(maximum / wantedTicks);
  const count = Math.ceil(maximum / step - 1e-9);
  return {
    ticks: Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12))),
    position: (value) => value / (count * step),
  };
}

/**
 * From a round number of at most `minimum` to one of at least `maximum`, with ticks at 1, 2 and 5 times
 * powers of ten.
 *
 * @throws RangeError for a minimum that is not positive.
 */
export function logarithmicScale(minimum: number, maximum: number): Scale {
  if (!(minimum > 0)) {
    throw new RangeError(`Expected positive values on a logarithmic axis, got ${minimum}`);
  }
  const all: number[] = [];
  for (let power = Math.floor(Math.log10(minimum)); 10 ** power <= maximum * 10; power += 1)
    all.push(...[1, 2, 5].map((digit) => Number((digit * 10 ** power).toPrecision(12))));
  const first = all.findLastIndex((tick) => tick <= minimum);
  const last = all.findIndex((tick) => tick >= maximum);
  const ticks = all.slice(Math.max(0, first), last + 1);
  const start = Math.log(ticks[0] ?? 1);
  const end = Math.log(ticks.at(-1) ?? 10);
  return { ticks, position: (value) => (Math.log(value) - start) / (end - start || 1) };
}

/** A tick at each of these values, spaced by their ratios. @param ticks ascending, above zero */
export function geometricScale(ticks: readonly number[]): Scale {
  const start = Math.log(ticks[0] ?? 1);
  const end = Math.log(ticks.at(-1) ?? 1);
  return { ticks, position: (value) => (Math.log(value) - start) / (end - start || 1) };
}

/** The next larger value of 1, 2, 2.5, 5 or 10 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= value * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/**
 * Moves positions apart so that labels beside them do not overlap. Keeps their order, moves them as little as
 * possible, and stays within the bounds if there is room.
 */
export function spreadOut(
  positions: readonly number[],
  gap: number,
  { low, high }: { readonly low: number; readonly high: number },
): number[] {
  const order = positions.map((position, index) => ({ position, index }));
  order.sort((a, b) => a.position - b.position);
  const placed: number[] = [];
  for (const { position } of order) placed.push(Math.max(position, (placed.at(-1) ?? low - gap) + gap));
  for (
    let index = placed.length - 1, limit = high;
    index >= 0;
    index -= 1, limit = (placed[index + 1] ?? 0) - gap
  )
    placed[index] = Math.min(placed[index] ?? 0, limit);
  const result: number[] = [];
  for (const [rank, { index }] of order.entries()) result[index] = placed[rank] ?? 0;
  return result;
}
