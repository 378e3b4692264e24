/** About how many steps an axis has. */
const PARTS = 4;

/**
 * An axis from zero to a round number.
 *
 * @param {number} maximum of the values
 * @param {'whole' | 'binary'} [steps] whole numbers, or powers of two. Default: any round numbers
 * @returns {{ readonly top: number, readonly ticks: readonly number[] }}
 */
export function axis(maximum, steps) {
  const step = maximum > 0 ? stepOf(maximum / PARTS, steps) : 1;
  const count = Math.max(1, Math.ceil(maximum / step - 1e-9));
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
  return { top: count * step, ticks };
}

/** @param {number} wanted @param {'whole' | 'binary'} [steps] */
function stepOf(wanted, steps) {
  if (steps === 'binary') return 2 ** Math.ceil(Math.log2(wanted));
  const power = 10 ** Math.floor(Math.log10(wanted));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= wanted * (1 - 1e-9)) ?? 10;
  const step = factor * power;
  return steps === 'whole' ? Math.ceil(step) : step;
}
