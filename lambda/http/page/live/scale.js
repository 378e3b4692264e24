const STEPS = [1, 2, 2.5, 5, 10];

/**
 * An axis from zero to a round number.
 *
 * @param {number} maximum of the values
 * @param {object} [options]
 * @param {number} [options.parts] about how many steps the axis has
 * @param {boolean} [options.isWhole] whether only whole numbers make sense
 * @returns {{ readonly top: number, readonly ticks: readonly number[] }}
 */
export function axis(maximum, { parts = 4, isWhole = false } = {}) {
  const wanted = Math.max(maximum, isWhole ? parts : 1e-9) / parts;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const steps = isWhole && power < 10 ? [1, 2, 5, 10] : STEPS;
  const step = (steps.find((candidate) => candidate * power >= wanted * (1 - 1e-9)) ?? 10) * power;
  const count = Math.max(1, Math.ceil(maximum / step - 1e-9));
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
  return { top: ticks.at(-1) ?? step, ticks };
}
